mod cipher;
mod erasure;
mod layout;
pub use cipher::*;
pub use erasure::*;
pub use layout::*;
