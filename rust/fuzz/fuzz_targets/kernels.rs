//! The target `kernels` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| zkinfer_fuzz::kernels(data));
