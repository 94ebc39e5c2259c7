//! Just enough JSON for the vectors.

use std::path::PathBuf;

/// A JSON value; numbers are unsigned integers.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Number(u64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn list(&self) -> &[Json] {
        if let Self::List(items) = self {
            items
        } else {
            panic!("{self:?} is no list")
        }
    }

    pub fn number(&self) -> u64 {
        if let Self::Number(value) = self {
            *value
        } else {
            panic!("{self:?} is no number")
        }
    }

    pub fn text(&self) -> &str {
        if let Self::Text(text) = self {
            text
        } else {
            panic!("{self:?} is no text")
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let digits = self.text().as_bytes();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    pub fn at(&self, key: &str) -> &Json {
        let Self::Object(items) = self else {
            panic!("{self:?} is no object")
        };
        items
            .iter()
            .find(|(name, _)| name == key)
            .map_or(&Json::Null, |(_, value)| value)
    }
}

pub fn vectors(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(name)
}

pub fn load(name: &str) -> Json {
    let text = std::fs::read(vectors(name)).unwrap();
    let mut rest = &text[..];
    value(&mut rest)
}

fn skip(rest: &mut &[u8]) -> u8 {
    *rest = rest.trim_ascii_start();
    rest[0]
}

fn expect(rest: &mut &[u8], what: &str) {
    *rest = rest.strip_prefix(what.as_bytes()).unwrap();
}

fn value(rest: &mut &[u8]) -> Json {
    match skip(rest) {
        b'n' => {
            expect(rest, "null");
            Json::Null
        }
        b'"' => Json::Text(text(rest)),
        b'[' => Json::List(items(rest, b']', value)),
        b'{' => Json::Object(items(rest, b'}', |rest| {
            skip(rest);
            let name = text(rest);
            skip(rest);
            expect(rest, ":");
            (name, value(rest))
        })),
        _ => {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, after) = rest.split_at(length);
            *rest = after;
            Json::Number(std::str::from_utf8(digits).unwrap().parse().unwrap())
        }
    }
}

fn text(rest: &mut &[u8]) -> String {
    expect(rest, "\"");
    let end = rest.iter().position(|&byte| byte == b'"').unwrap();
    let out = String::from_utf8(rest[..end].to_vec()).unwrap();
    *rest = &rest[end + 1..];
    out
}

fn items<T>(rest: &mut &[u8], close: u8, item: impl Fn(&mut &[u8]) -> T) -> Vec<T> {
    *rest = &rest[1..];
    let mut out = Vec::new();
    while skip(rest) != close {
        out.push(item(rest));
        if skip(rest) == b',' {
            *rest = &rest[1..];
        }
    }
    *rest = &rest[1..];
    out
}
