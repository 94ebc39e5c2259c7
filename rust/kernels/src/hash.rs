//! Hashing a codeword matrix and the tree over it.

use crate::error::{Result, ShapeError, require, require_len};
pub use crate::sha256::Digest;
use crate::sha256::hash_each;

/// Writes SHA-256(tag || position j || salt j || row j), the position and the row's words as 8 bytes little-endian.
///
/// `salts` holds `salt_len` bytes for each row, 0 or 32. Without `positions` each row's is its index.
pub fn leaves(
    tag: &[u8],
    matrix: &[u64],
    salts: &[u8],
    salt_len: usize,
    positions: Option<&[u64]>,
    out: &mut [Digest],
) -> Result<()> {
    let n = out.len();
    require_len("positions", positions.map_or(n, <[u64]>::len), n)?;
    require(salt_len == 0 || salt_len == 32, || {
        format!("salts: expected 0 or 32 bytes a row, got {salt_len}")
    })?;
    require_len("salts", salts.len(), n * salt_len)?;
    require(n == 0 || matrix.len().is_multiple_of(n), || {
        format!("matrix: expected a multiple of {n} rows, got {} words", matrix.len())
    })?;
    if n == 0 {
        return Ok(());
    }
    let width = matrix.len() / n;
    hash_each(tag.len() + 8 + salt_len + 8 * width, out, |j, message| {
        let (head, row) = message.split_at_mut(tag.len() + 8 + salt_len);
        let (head, salt) = head.split_at_mut(tag.len() + 8);
        let position = positions.map_or(j as u64, |positions| positions[j]);
        write_all(head, [tag, &position.to_le_bytes()]);
        salt.copy_from_slice(&salts[j * salt_len..(j + 1) * salt_len]);
        for (slot, word) in row
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(&matrix[j * width..(j + 1) * width])
        {
            *slot = word.to_le_bytes();
        }
    });
    Ok(())
}

/// Writes a tree's levels one after another: the leaves, then each level above, the root last.
///
/// A node is SHA-256(tag || left || right). The number of leaves is a power of two, and out has one less than twice as
/// many.
pub fn merkle_levels(tag: &[u8], leaves: &[Digest], out: &mut [Digest]) -> Result<()> {
    let n = leaves.len();
    require(n.is_power_of_two(), || {
        format!("leaves: expected a power of two of them, got {n}")
    })?;
    require_len("out", out.len(), 2 * n - 1)?;
    out[..n].copy_from_slice(leaves);
    let mut rest = out;
    let mut size = n;
    while size > 1 {
        let (level, above) = rest.split_at_mut(size);
        hash_nodes(tag, level.as_chunks().0, &mut above[..size / 2]);
        (rest, size) = (above, size / 2);
    }
    Ok(())
}

/// Writes SHA-256(tag || left || right) for each pair of children.
fn hash_nodes(tag: &[u8], children: &[[Digest; 2]], out: &mut [Digest]) {
    hash_each(tag.len() + 64, out, |k, message| {
        write_all(message, [tag, &children[k][0], &children[k][1]]);
    });
}

/// Writes the blocks of a stream of pseudorandom bytes: block i is SHA-256(secret || draw || i), both as 8 bytes
/// little-endian.
pub fn keystream(secret: &[u8], draw: u64, out: &mut [Digest]) {
    hash_each(secret.len() + 16, out, |i, message| {
        write_all(message, [secret, &draw.to_le_bytes(), &(i as u64).to_le_bytes()]);
    });
}

/// Writes parts one after another, which fill a message.
fn write_all<const N: usize>(mut message: &mut [u8], parts: [&[u8]; N]) {
    for part in parts {
        let slot = message
            .split_off_mut(..part.len())
            .expect("parts as long as the message");
        slot.copy_from_slice(part);
    }
}

/// Returns the root of a tree of 2^depth leaves from some of them and the digests beside their paths to it.
///
/// `positions` ascend. `siblings` are listed level by level from the leaves on and by position: exactly those that do
/// not follow from the leaves.
pub fn multiproof_root(
    tag: &[u8],
    depth: u32,
    positions: &[u64],
    leaves: &[Digest],
    siblings: &[Digest],
) -> Result<Digest> {
    require_len("leaves", leaves.len(), positions.len())?;
    let ascending = positions.is_sorted_by(|a, b| a < b);
    let inside = depth < 64 && positions.last().is_some_and(|last| last >> depth == 0);
    require(ascending && inside, || {
        format!("positions: expected at least one, ascending, below 2^{depth}")
    })?;
    let mut siblings = siblings.iter();
    let mut level: Vec<(u64, Digest)> = positions.iter().copied().zip(leaves.iter().copied()).collect();
    for _ in 0..depth {
        let mut children = Vec::with_capacity(level.len());
        let mut above = Vec::with_capacity(level.len());
        for pair in level.chunk_by(|a, b| a.0 >> 1 == b.0 >> 1) {
            let mut sibling = || {
                let missing = || ShapeError::new("siblings: expected more of them".to_owned());
                siblings.next().copied().ok_or_else(missing)
            };
            children.push(match pair {
                [(_, left), (_, right)] => [*left, *right],
                [(index, right)] if index % 2 == 1 => [sibling()?, *right],
                [(_, left), ..] => [*left, sibling()?],
                [] => continue,
            });
            above.push(pair[0].0 >> 1);
        }
        let mut nodes = vec![[0; 32]; children.len()];
        hash_nodes(tag, &children, &mut nodes);
        level = above.into_iter().zip(nodes).collect();
    }
    require(siblings.len() == 0, || {
        format!("siblings: expected {} fewer of them", siblings.len())
    })?;
    Ok(level[0].1)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn a_leaf_is_the_hash_of_its_bytes() {
        let mut out = [[0; 32]; 2];
        leaves(b"tag", &[1, 2, 3, u64::MAX], &[7; 64], 32, None, &mut out).unwrap();
        let mut bytes = b"tag".to_vec();
        bytes.extend(1u64.to_le_bytes());
        bytes.extend([7; 32]);
        bytes.extend(3u64.to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes());
        assert_eq!(out[1], <Digest>::from(Sha256::digest(bytes)));
        let ([first, second], mut moved) = (out, out);
        leaves(b"tag", &[3, u64::MAX, 1, 2], &[7; 64], 32, Some(&[1, 0]), &mut moved).unwrap();
        assert_eq!(moved, [second, first]);
        assert!(leaves(b"tag", &[1, 2], &[], 0, Some(&[1]), &mut moved).is_err());
    }

    #[test]
    fn a_stream_is_of_hashes_of_its_secret_and_their_numbers() {
        let mut out = [[0; 32]; 300];
        keystream(&[5; 64], 7, &mut out);
        let mut bytes = vec![5; 64];
        bytes.extend(7u64.to_le_bytes());
        bytes.extend(299u64.to_le_bytes());
        assert_eq!(out[299], <Digest>::from(Sha256::digest(bytes)));
    }

    #[test]
    fn the_root_is_last() {
        let mut out = [[0; 32]; 7];
        let bottom = [[1; 32], [2; 32], [3; 32], [4; 32]];
        merkle_levels(b"", &bottom, &mut out).unwrap();
        assert_eq!(out[..4], bottom);
        assert_eq!(out[6], <Digest>::from(Sha256::digest([out[4], out[5]].concat())));
        assert!(merkle_levels(b"", &bottom[..3], &mut out).is_err());
    }

    #[test]
    fn opened_leaves_lead_to_the_root() {
        let bottom: Vec<Digest> = (0..8).map(|k| [k; 32]).collect();
        let mut nodes = [[0; 32]; 15];
        merkle_levels(b"tag", &bottom, &mut nodes).unwrap();
        let root = |positions: &[u64], siblings: &[Digest]| {
            let leaves: Vec<Digest> = positions.iter().map(|k| nodes[*k as usize]).collect();
            multiproof_root(b"tag", 3, positions, &leaves, siblings)
        };
        // Of the leaves 1, 6 and 7: leaf 0, then nodes 1 and 2 of the level above.
        let siblings = [nodes[0], nodes[9], nodes[10]];
        assert_eq!(root(&[1, 6, 7], &siblings), Ok(nodes[14]));
        assert_ne!(root(&[1, 6, 7], &[nodes[0], nodes[10], nodes[9]]), Ok(nodes[14]));
        assert!(root(&[1, 6, 7], &siblings[..2]).is_err());
        assert!(root(&[1, 6, 7], &nodes[..4]).is_err());
        for positions in [&[6, 1, 7][..], &[1, 1], &[]] {
            assert!(root(positions, &siblings).is_err());
        }
        assert!(multiproof_root(b"tag", 3, &[8], &bottom[..1], &siblings).is_err());
        assert!(multiproof_root(b"tag", 64, &[8], &bottom[..1], &siblings).is_err());
    }
}
