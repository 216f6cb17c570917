//! The free space of a disk.

use std::io;
use std::path::{Path, PathBuf};

/// Returns the folder of a file; the current folder for a name alone.
pub fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Returns the free bytes of the file system of a folder, without those that are reserved for the administrator.
///
/// # Errors
/// When the folder cannot be read.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = nix::sys::statvfs::statvfs(folder)?;
    // Both numbers have other types on other systems.
    let bytes = u128::from(found.blocks_available()) * u128::from(found.fragment_size());
    Ok(u64::try_from(bytes).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_of_a_file_has_a_free_space() {
        assert_eq!(folder_of(Path::new("entente.db")), Path::new("."));
        assert_eq!(folder_of(Path::new("/data/entente.db")), Path::new("/data"));
        assert!(free_bytes(&folder_of(Path::new("entente.db"))).unwrap() > 0);
        assert!(free_bytes(Path::new("/no/such/folder")).is_err());
    }
}
