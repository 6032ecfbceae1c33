//! Runs a function of a WebAssembly module, binary or text, in wasmi and commits what it gave, reported and left in memory.
use wasmi::{Caller, Engine, F32, F64, Linker, Memory, MemoryType, Module, Store, Val, ValType};

#[derive(serde::Deserialize)]
struct Call {
    function: String,
    /// The bits of every argument, in the low bytes.
    arguments: Vec<u64>,
    /// Pages of the memory that a module may import as `env.memory`.
    pages: u32,
    /// Written to that memory before the call: where, and what.
    writes: Vec<(u32, Vec<u8>)>,
    /// Part of the memory to commit after the call: where, and how many bytes.
    reads: (u32, u32),
}

fn main() {
    let module = zkvm::io::read_vec();
    let call: Call = zkvm::io::read();

    let engine = Engine::default();
    let module = Module::new(&engine, &module[..]).expect("a module");
    // The host's state is what the module reported.
    let mut store: Store<Vec<i64>> = Store::new(&engine, Vec::new());
    let mut linker = Linker::new(&engine);
    let report = |mut caller: Caller<'_, Vec<i64>>, value: i64| caller.data_mut().push(value);
    linker.func_wrap("host", "report", report).expect("a new name");
    let memory = Memory::new(&mut store, MemoryType::new(call.pages, None)).expect("memory");
    linker.define("env", "memory", memory).expect("a new name");
    let instance = linker.instantiate_and_start(&mut store, &module).expect("an instance");
    for (at, bytes) in &call.writes {
        memory.write(&mut store, *at as usize, bytes).expect("a place in memory");
    }

    let function = instance.get_func(&store, &call.function).expect("an exported function");
    let kinds = function.ty(&store);
    let arguments: Vec<Val> =
        kinds.params().iter().zip(call.arguments).map(|(kind, bits)| value_of(*kind, bits)).collect();
    let mut results: Vec<Val> = kinds.results().iter().map(|kind| value_of(*kind, 0)).collect();
    let trap = match function.call(&mut store, &arguments, &mut results) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    };
    let results: Vec<u64> = results.iter().map(bits_of).collect();
    let mut bytes = vec![0; call.reads.1 as usize];
    memory.read(&store, call.reads.0 as usize, &mut bytes).expect("a place in memory");
    zkvm::io::commit(&(trap, results, store.data(), bytes));
}

fn value_of(kind: ValType, bits: u64) -> Val {
    match kind {
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits as i64),
        ValType::F32 => Val::F32(F32::from_bits(bits as u32)),
        ValType::F64 => Val::F64(F64::from_bits(bits)),
        other => panic!("{other:?} is no number"),
    }
}

fn bits_of(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(value) => u64::from(value.to_bits()),
        Val::F64(value) => value.to_bits(),
        other => panic!("{other:?} is no number"),
    }
}
