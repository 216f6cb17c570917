//! Limits of the connections of the server.

use std::any::Any;
use std::net::TcpListener;
use std::time::Duration;

use socket2::SockRef;

use crate::kernel::config::ConnectionSettings;

/// Time limit for a client to accept data of a response, or to acknowledge it.
const WRITE_DEADLINE: Duration = Duration::from_secs(60);
/// Open files that are not connections of clients: databases, webhooks, logs.
const RESERVED_FILES: usize = 256;

/// Sets how many connections wait until they are accepted. The kernel may have a lower limit (`net.core.somaxconn`).
///
/// # Errors
/// When the socket cannot be used.
pub fn set_backlog(listener: &TcpListener, settings: &ConnectionSettings) -> Result<(), String> {
    SockRef::from(listener)
        .listen(settings.backlog.into())
        .map_err(|error| format!("ENTENTE_HTTP_BACKLOG: failed to listen on the socket: {error}"))
}

/// Returns the most connections of one thread. If the process cannot have as many open files, there are fewer:
/// otherwise the database and webhooks would fail when all files are in use.
#[must_use]
pub fn per_thread(settings: &ConnectionSettings) -> usize {
    let open_files = rlimit::Resource::NOFILE.get().map_or(u64::MAX, |(soft, _)| soft);
    let permitted = permitted(settings.max, open_files);
    if permitted < settings.max {
        tracing::warn!(permitted, "the open file limit permits fewer connections than ENTENTE_HTTP_MAX_CONNECTIONS");
    }
    share(permitted, settings.threads)
}

/// Returns the most connections of the process.
fn permitted(max: usize, open_files: u64) -> usize {
    let files = usize::try_from(open_files).unwrap_or(usize::MAX);
    max.min(files.saturating_sub(RESERVED_FILES)).max(1)
}

/// Returns the connections of one of the threads, so that all together have at most `connections`, but each at least
/// one.
fn share(connections: usize, threads: usize) -> usize {
    (connections / threads.max(1)).max(1)
}

/// Closes the connection when the client has not accepted data for [`WRITE_DEADLINE`]: the server itself waits for as
/// long as the connection lasts, and the response uses memory meanwhile.
pub fn limit_writes(connection: &dyn Any) {
    let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() else { return };
    if let Err(error) = set_write_deadline(&SockRef::from(stream)) {
        tracing::debug!(%error, "failed to set the write deadline of a connection");
    }
}

/// The kernel counts the time in which sent data is not acknowledged, or the client has no space for more
/// (`TCP_USER_TIMEOUT`). Other systems have no such option; there, only a client that no longer exists is noticed.
#[cfg(target_os = "linux")]
fn set_write_deadline(socket: &SockRef<'_>) -> std::io::Result<()> {
    socket.set_tcp_user_timeout(Some(WRITE_DEADLINE))
}

#[cfg(not(target_os = "linux"))]
fn set_write_deadline(socket: &SockRef<'_>) -> std::io::Result<()> {
    socket.set_tcp_keepalive(&socket2::TcpKeepalive::new().with_time(WRITE_DEADLINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_never_have_more_connections_than_permitted() {
        for (threads, max, expected) in [(1, 10_000, 10_000), (3, 10_000, 3_333), (4, 2, 1), (256, 1, 1)] {
            assert_eq!(share(max, threads), expected, "{threads} {max}");
        }
    }

    #[test]
    fn connections_leave_files_for_everything_else() {
        for (max, files, expected) in
            [(10_000, u64::MAX, 10_000), (10_000, 1_024, 768), (10_000, 10_256, 10_000), (5, 64, 1), (5, 0, 1)]
        {
            assert_eq!(permitted(max, files), expected, "{max} {files}");
        }
    }

    #[test]
    fn the_backlog_of_a_bound_socket_can_be_changed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let keep_alive = Duration::from_secs(5);
        let settings = ConnectionSettings { threads: 1, max: 1, backlog: 16, keep_alive };
        assert_eq!(set_backlog(&listener, &settings), Ok(()));
        std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_connection_has_a_write_deadline() {
        actix_web::rt::System::new().block_on(async {
            let listener = actix_web::rt::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let stream = actix_web::rt::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            assert_eq!(SockRef::from(&stream).tcp_user_timeout().unwrap(), None);
            limit_writes(&stream);
            assert_eq!(SockRef::from(&stream).tcp_user_timeout().unwrap(), Some(WRITE_DEADLINE));
        });
    }
}
