//! A network of dense layers over integers: bytes in, 8-bit weights, 32-bit sums.
use serde::Deserialize;

const SIDE: usize = 28;
/// Bytes of an image.
pub const IMAGE_BYTES: usize = SIDE * SIDE;
/// Values that the first layer takes: means of 2 x 2 pixels.
const POOLED: usize = IMAGE_BYTES / 4;

/// Outputs of a layer at most. With 2^10 inputs of at most 255 and weights of at most 128 a sum stays below 2^25.
const MAX_OUTPUTS: usize = 1 << 10;
/// Biases stay within plus and minus this, so that no sum leaves 32 bits.
const MAX_BIAS: u32 = 1 << 30;

#[derive(Deserialize)]
pub struct Model {
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    /// Signed bytes, row by row; one row an output.
    #[serde(with = "serde_bytes")]
    weights: Vec<u8>,
    /// One an output.
    biases: Vec<i32>,
    /// Bits dropped from the sums of a hidden layer; 0 in the last one.
    shift: u8,
}

/// Reads a model and checks that its layers fit together.
#[zkvm::cycle_tracker]
pub fn decode(bytes: &[u8]) -> Model {
    let model: Model = bcs::from_bytes(bytes).unwrap_or_else(|reason| panic!("the model cannot be read: {reason}"));
    assert!(!model.layers.is_empty(), "the model has no layer");
    let mut inputs = POOLED;
    for (index, layer) in model.layers.iter().enumerate() {
        let outputs = layer.biases.len();
        assert!((1..=MAX_OUTPUTS).contains(&outputs), "layer {index} has {outputs} outputs, not 1 to {MAX_OUTPUTS}");
        assert!(
            layer.weights.len() == inputs * outputs,
            "layer {index} has {} weights, not {outputs} rows of {inputs}",
            layer.weights.len(),
        );
        assert!(layer.biases.iter().all(|bias| bias.unsigned_abs() <= MAX_BIAS), "layer {index} has a bias above 2^30");
        assert!(layer.shift < 32, "layer {index} shifts by {} bits, not 0 to 31", layer.shift);
        inputs = outputs;
    }
    assert!(inputs <= 256, "the model has {inputs} classes, more than 256");
    assert!(model.layers[model.layers.len() - 1].shift == 0, "the last layer shifts its scores");
    model
}

/// The scores of all classes for an image of 784 bytes.
pub fn scores(model: &Model, image: &[u8]) -> Vec<i32> {
    let [hidden @ .., last] = model.layers.as_slice() else { unreachable!("decode refuses a model without layers") };
    let mut values = pool(image);
    for layer in hidden {
        values = sums(layer, &values).iter().map(|&sum| (sum.max(0) >> layer.shift).min(255) as u8).collect();
    }
    sums(last, &values)
}

/// Index of the largest score, of the first one among equals.
pub fn largest(scores: &[i32]) -> u8 {
    let mut best = 0;
    for (index, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = index;
        }
    }
    best as u8
}

/// Means of 2 x 2 pixels, rounded down.
#[zkvm::cycle_tracker]
fn pool(image: &[u8]) -> Vec<u8> {
    let mut pooled = Vec::with_capacity(POOLED);
    for rows in image.chunks_exact(2 * SIDE) {
        let (upper, lower) = rows.split_at(SIDE);
        for (above, below) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            let sum = above.iter().chain(below).map(|&pixel| u32::from(pixel)).sum::<u32>();
            pooled.push((sum / 4) as u8);
        }
    }
    pooled
}

/// Bias plus weighted inputs, for each output of a layer.
#[zkvm::cycle_tracker]
fn sums(layer: &Layer, values: &[u8]) -> Vec<i32> {
    let rows = layer.weights.chunks_exact(values.len());
    rows.zip(&layer.biases).map(|(row, bias)| bias + dot(row, values)).collect()
}

fn dot(weights: &[u8], values: &[u8]) -> i32 {
    weights.iter().zip(values).map(|(&weight, &value)| i32::from(weight as i8) * i32::from(value)).sum()
}
