//! The frozen vectors hold for this verifier.

mod support;

use support::{Json, load, vectors};
use zkinfer_verifier_rs::Prepared;
use zkinfer_verifier_rs::bytes::Reader;
use zkinfer_verifier_rs::extension::Ext;
use zkinfer_verifier_rs::field::Fp;
use zkinfer_verifier_rs::merkle::{leaf, root};
use zkinfer_verifier_rs::multilinear::{EqTable, eq_index};
use zkinfer_verifier_rs::transcript::Transcript;

fn base(value: &Json) -> Fp {
    Fp::canonical(value.number()).unwrap()
}

fn ext(value: &Json) -> Ext {
    Ext::new(base(&value.list()[0]), base(&value.list()[1]))
}

#[test]
fn field_elements() {
    let vectors = load("field.json");
    for case in vectors.at("base").list() {
        let [x, y, sum, difference, product] = std::array::from_fn(|k| base(&case.list()[k]));
        assert_eq!((x + y, x - y, x * y), (sum, difference, product));
    }
    for case in vectors.at("base_inverse").list() {
        assert_eq!(base(&case.list()[0]).inverse(), base(&case.list()[1]));
    }
    for case in vectors.at("ext").list() {
        let [x, y, sum, difference, product] = std::array::from_fn(|k| ext(&case.list()[k]));
        assert_eq!((x + y, x - y, x * y), (sum, difference, product));
    }
    for case in vectors.at("ext_inverse").list() {
        assert_eq!(ext(&case.list()[0]).inverse(), ext(&case.list()[1]));
    }
}

#[test]
fn equality_polynomial_and_extension() {
    let vectors = load("field.json");
    let point: Vec<Ext> = vectors.at("eq").at("point").list().iter().map(ext).collect();
    let table = EqTable::new(&point);
    for (index, expected) in (0..).zip(vectors.at("eq").at("table").list()) {
        assert_eq!(eq_index(&point, index), ext(expected));
        assert_eq!(table.at(index), ext(expected));
    }
    let values = vectors.at("extension").at("values").list();
    let value = (0..)
        .zip(values)
        .fold(Ext::ZERO, |sum, (index, entry)| sum + ext(entry) * table.at(index));
    assert_eq!(value, ext(vectors.at("extension").at("value")));
}

#[test]
fn transcript_item_by_item() {
    let mut transcript = Transcript::default();
    for item in load("transcript.json").list() {
        let given = item.at("given");
        let label = if item.at("op").text() == "start" {
            ""
        } else {
            item.at("label").text()
        };
        let words = || {
            given
                .list()
                .iter()
                .flat_map(|value| value.number().to_le_bytes())
                .collect::<Vec<_>>()
        };
        match item.at("op").text() {
            "start" => {}
            "bytes" => transcript.absorb(b'b', label, &given.bytes()),
            "digest" => transcript.absorb(b'd', label, &given.bytes()),
            "integers" => transcript.absorb(b'i', label, &words()),
            "base" => transcript.absorb(b'f', label, &words()),
            "zeros" => transcript.absorb_zeros(label, given.number()),
            "ext" => transcript.absorb_ext(label, &given.list().iter().map(ext).collect::<Vec<_>>()),
            "challenges" => {
                let drawn = transcript.challenges(label, given.number() as usize);
                assert_eq!(drawn, item.at("result").list().iter().map(ext).collect::<Vec<_>>());
            }
            "positions" => {
                let [length, count] = std::array::from_fn(|k| given.list()[k].number());
                let drawn = transcript.positions(label, length.trailing_zeros(), count as usize);
                assert_eq!(
                    drawn,
                    item.at("result").list().iter().map(Json::number).collect::<Vec<_>>()
                );
            }
            other => panic!("unknown operation {other}"),
        }
        assert_eq!(transcript.state().to_vec(), item.at("state").bytes());
    }
}

#[test]
fn multiproofs() {
    for tree in load("merkle.json").list() {
        let leaves = tree.at("positions").list().iter().map(Json::number).map(|j| {
            let cells = tree.at("columns").list()[j as usize].list();
            let column: Vec<u8> = cells.iter().flat_map(|cell| cell.number().to_le_bytes()).collect();
            (
                j,
                leaf(
                    tree.at("oracle").text(),
                    j,
                    &tree.at("salts").list()[j as usize].bytes(),
                    &column,
                ),
            )
        });
        let data = tree.at("siblings").bytes();
        let mut siblings = Reader::new(&data);
        assert_eq!(
            root(3, leaves.collect(), || siblings.array()).unwrap().to_vec(),
            tree.at("root").bytes()
        );
        assert_eq!(siblings.left(), 0);
    }
}

fn frozen() -> (Vec<u8>, Vec<u8>) {
    let read = |name: &str| std::fs::read(vectors("proofs/v1").join(name)).unwrap();
    (read("statement.zks"), read("proof.zkp"))
}

#[test]
fn the_frozen_proof_is_accepted_with_its_outputs_and_context() {
    let (statement, proof) = frozen();
    let accepted = Prepared::new(&statement, true).unwrap().verify(&proof).unwrap();
    assert_eq!(accepted.context, b"frozen");
    assert_eq!(accepted.outputs, [[-190, -248, -28, -19, -7]]);
}

#[test]
fn rejects_a_proof_when_a_byte_is_changed_or_the_end_is_missing() {
    let (statement, proof) = frozen();
    let prepared = Prepared::new(&statement, true).unwrap();
    for at in (0..proof.len()).step_by(997) {
        let mut changed = proof.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(prepared.verify(&changed).is_err(), "byte {at}");
        assert!(prepared.verify(&proof[..at]).is_err(), "cut off at {at}");
    }
    assert!(prepared.verify(&[&proof[..], &[0]].concat()).is_err());
}

#[test]
fn refuses_a_statement_when_it_is_damaged_without_panicking() {
    let (statement, proof) = frozen();
    assert!(Prepared::new(&statement, false).is_err(), "toy must be allowed by name");
    let digest = Prepared::new(&statement, true).unwrap().statement.digest;
    for at in 0..statement.len() {
        assert!(Prepared::new(&statement[..at], true).is_err(), "cut off at {at}");
        for value in [statement[at] ^ 1, 0xff] {
            let mut changed = statement.clone();
            changed[at] = value;
            if let (true, Ok(prepared)) = (changed != statement, Prepared::new(&changed, true)) {
                assert_ne!(prepared.statement.digest, digest);
                assert!(prepared.verify(&proof).is_err());
            }
        }
    }
}
