//! Attributes of the guest crate `zkvm`.
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Counts the cycles of every call of a function under the function's name; see `zkvm::span`.
///
/// ```ignore
/// #[zkvm::cycle_tracker]
/// fn verify(signature: &[u8]) -> bool { ... }
/// ```
#[proc_macro_attribute]
pub fn cycle_tracker(arguments: TokenStream, function: TokenStream) -> TokenStream {
    if !arguments.is_empty() {
        return error("cycle_tracker takes no arguments");
    }
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let name = tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword.to_string() == "fn" => Some(name.to_string()),
        _ => None,
    });
    let (Some(name), Some(TokenTree::Group(body))) = (name, tokens.pop()) else {
        return error("cycle_tracker belongs on a function with a body");
    };
    if body.delimiter() != Delimiter::Brace {
        return error("cycle_tracker belongs on a function with a body");
    }
    let name = name.trim_start_matches("r#");
    let mut inside: TokenStream =
        format!("let __zkvm_span = ::zkvm::span!({name:?});").parse().expect("this is a statement");
    inside.extend(body.stream());
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(body.span());
    tokens.push(TokenTree::Group(group));
    tokens.into_iter().collect()
}

fn error(message: &str) -> TokenStream {
    format!("::core::compile_error!({message:?});").parse().expect("this is a macro call")
}
