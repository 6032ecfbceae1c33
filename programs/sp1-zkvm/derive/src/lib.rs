//! The attribute `cycle_tracker` of SP1's crate `sp1-derive`.
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Counts the cycles of every call of a function under the function's name. The program depends on `sp1-zkvm`.
#[proc_macro_attribute]
pub fn cycle_tracker(_arguments: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let name = tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword.to_string() == "fn" => Some(name.to_string()),
        _ => None,
    });
    let (Some(name), Some(TokenTree::Group(body))) = (name, tokens.pop()) else { return refuse() };
    if body.delimiter() != Delimiter::Brace {
        return refuse();
    }
    let name = name.trim_start_matches("r#");
    let mut inside: TokenStream =
        format!("let __sp1_span = ::sp1_zkvm::__zkvm::span!({name:?});").parse().expect("this is a statement");
    inside.extend(body.stream());
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(body.span());
    tokens.push(TokenTree::Group(group));
    tokens.into_iter().collect()
}

fn refuse() -> TokenStream {
    "::core::compile_error!(\"cycle_tracker belongs on a function with a body\");"
        .parse()
        .expect("this is a macro call")
}
