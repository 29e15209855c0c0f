//! Where what can be made again is kept between processes.

use std::env;
use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The user's: `RELOAD_HARNESS_CACHE_DIR`, or `reload-harness` in the cache folder of the platform. None
/// where that variable is set to nothing.
pub fn folder_of_user() -> Option<PathBuf> {
    match env::var_os("RELOAD_HARNESS_CACHE_DIR") {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => std::path::absolute(folder).ok(),
        None => etcetera::choose_base_strategy()
            .ok()
            .map(|strategy| strategy.cache_dir().join(env!("CARGO_PKG_NAME"))),
    }
}
