//! One fully connected layer as the original proved it: one `mul_const_add` a weight, input and output public, on plonky2.
//!
//! Prints one line of JSON: seconds to build the circuit, to prove and to verify, bytes, memory, threads. Linux tells the
//! memory; elsewhere it is null. RAYON_NUM_THREADS limits the threads.

mod draw;
mod process;

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use plonky2::field::types::{Field, Field64, PrimeField64};
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::config::{GenericConfig, PoseidonGoldilocksConfig};
use serde_json::json;

const D: usize = 2;
const WIRES: usize = 400;
/// Constants a gate holds: the original's default, with which its published figures were made. Its last source leaves the
/// option out, since plonky2 had renamed it; that is 2.
const CONSTANTS: usize = 90;
type C = PoseidonGoldilocksConfig;
type F = <C as GenericConfig<D>>::F;

struct Options {
    input_size: usize,
    output_size: usize,
    coefficient_bits: u32,
    input_bits: u32,
    num_constants: usize,
    seed: u64,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Options {
            input_size: 1000,
            output_size: 1000,
            coefficient_bits: 16,
            input_bits: 8,
            num_constants: CONSTANTS,
            seed: 0,
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--input-size" => options.input_size = value.parse().context(name)?,
                "--output-size" => options.output_size = value.parse().context(name)?,
                "--coefficient-bits" => options.coefficient_bits = value.parse().context(name)?,
                "--input-bits" => options.input_bits = value.parse().context(name)?,
                "--num-constants" => options.num_constants = value.parse().context(name)?,
                "--seed" => options.seed = value.parse().context(name)?,
                _ => bail!("unknown option {name}"),
            }
        }
        ensure!(
            options.input_size > 0 && options.output_size > 0,
            "sizes are at least 1"
        );
        ensure!(
            (1..=30).contains(&options.coefficient_bits),
            "coefficient bits are 1 to 30"
        );
        ensure!((1..=32).contains(&options.input_bits), "input bits are 1 to 32");
        Ok(options)
    }
}

struct Circuit {
    inputs: Vec<Target>,
    data: CircuitData<F, C, D>,
}

impl Circuit {
    fn build(input_size: usize, num_constants: usize, coefficients: &[i32]) -> Self {
        let config = CircuitConfig {
            num_wires: WIRES,
            num_routed_wires: WIRES,
            num_constants,
            ..CircuitConfig::default()
        };
        let mut builder = CircuitBuilder::<F, D>::new(config);
        let inputs = builder.add_virtual_targets(input_size);
        builder.register_public_inputs(&inputs);
        for row in coefficients.chunks_exact(input_size) {
            let mut sum = builder.zero();
            for (&coefficient, &input) in row.iter().zip(&inputs) {
                sum = builder.mul_const_add(to_field(coefficient), input, sum);
            }
            builder.register_public_input(sum);
        }
        Self {
            inputs,
            data: builder.build::<C>(),
        }
    }
}

fn to_field(value: i32) -> F {
    F::from_noncanonical_i64(i64::from(value))
}

fn to_integer(element: F) -> i128 {
    let value = i128::from(element.to_canonical_u64());
    if value > i128::from(F::ORDER) / 2 {
        value - i128::from(F::ORDER)
    } else {
        value
    }
}

fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut words = draw::Words::new(options.seed);
    let coefficients: Vec<i32> = (0..options.input_size * options.output_size)
        .map(|_| words.coefficient(options.coefficient_bits))
        .collect();
    let input: Vec<i32> = (0..options.input_size)
        .map(|_| words.input(options.input_bits))
        .collect();

    let start = Instant::now();
    let circuit = Circuit::build(options.input_size, options.num_constants, &coefficients);
    let build_seconds = start.elapsed().as_secs_f64();
    let build_memory = process::peak_memory_bytes();

    process::forget_peak_memory();
    let (start, cpu) = (Instant::now(), process::cpu_seconds());
    let mut witness = PartialWitness::new();
    for (&target, &value) in circuit.inputs.iter().zip(&input) {
        witness.set_target(target, to_field(value))?;
    }
    let proof = circuit.data.prove(witness)?;
    let prove_seconds = start.elapsed().as_secs_f64();
    let prove_cpu_seconds = process::cpu_seconds().zip(cpu).map(|(after, before)| after - before);
    let prove_memory = process::peak_memory_bytes();

    let proof_bytes = proof.to_bytes().len();
    let outputs_sum: i128 = proof.public_inputs[options.input_size..]
        .iter()
        .map(|&output| to_integer(output))
        .sum();
    let start = Instant::now();
    circuit.data.verify(proof)?;
    let verify_seconds = start.elapsed().as_secs_f64();

    println!(
        "{}",
        json!({
            "input_size": options.input_size,
            "output_size": options.output_size,
            "coefficient_bits": options.coefficient_bits,
            "input_bits": options.input_bits,
            "num_constants": options.num_constants,
            "seed": options.seed,
            "threads": rayon::current_num_threads(),
            "circuit_rows": circuit.data.common.degree(),
            "build_seconds": build_seconds,
            "prove_seconds": prove_seconds,
            "prove_cpu_seconds": prove_cpu_seconds,
            "verify_seconds": verify_seconds,
            "proof_bytes": proof_bytes,
            "build_peak_memory_bytes": build_memory,
            "prove_peak_memory_bytes": prove_memory,
            "outputs_sum": i64::try_from(outputs_sum)?,
        })
    );
    Ok(())
}
