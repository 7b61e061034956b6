//! [`Wire`]: one TCP connection, with as few system calls as there can be.

use std::{
    io::{self, IoSlice},
    net::TcpStream,
    time::Duration,
};

use rustix::{
    buffer::spare_capacity,
    net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, sendmsg},
};
use tokio::io::{Interest, unix::AsyncFd};

/// How long a thread may sleep in the system for a reply that comes at once; after that it does other work meanwhile.
const AT_ONCE: Duration = Duration::from_millis(20);

/// A peer that takes nothing for so long takes nothing any more.
const STUCK: Duration = Duration::from_secs(30);

pub(super) struct Wire {
    socket: AsyncFd<TcpStream>,
    shared: bool,
}

impl Wire {
    /// `shared`: other work goes on in this thread while this connection is written to or a reply is on its way.
    ///
    /// Where there is none, it is simply not worth asking the system for readiness first: the socket blocks, and only the wait for an
    /// invocation goes through the reactor. That spares two calls an invocation.
    pub(super) fn open(socket: TcpStream, shared: bool) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        let interest = if shared {
            socket.set_nonblocking(true)?;
            Interest::READABLE | Interest::WRITABLE
        } else {
            socket.set_read_timeout(Some(AT_ONCE))?;
            socket.set_write_timeout(Some(STUCK))?;
            Interest::READABLE
        };
        #[allow(deprecated, reason = "what is unsound about it concerns types that do not own their descriptor")]
        let socket = AsyncFd::with_interest(socket, interest)?;
        Ok(Self { socket, shared })
    }

    /// Sends everything, in one call if the system takes it.
    pub(super) async fn send(&self, parts: &[&[u8]]) -> io::Result<()> {
        let mut slices = [IoSlice::new(&[]); 4];
        debug_assert!(parts.len() <= slices.len(), "more parts than there is room for");
        for (slice, part) in slices.iter_mut().zip(parts) {
            *slice = IoSlice::new(part);
        }
        let mut rest = &mut slices[..parts.len().min(4)];
        IoSlice::advance_slices(&mut rest, 0);
        while !rest.is_empty() {
            match sendmsg(self.socket.get_ref(), rest, &mut SendAncillaryBuffer::default(), SendFlags::NOSIGNAL) {
                Ok(sent) => IoSlice::advance_slices(&mut rest, sent),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) if self.shared => self.socket.writable().await?.clear_ready(),
                Err(rustix::io::Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Appends what has come to `buffer`, at least one byte. `at_once`: it is the reply to something just sent.
    pub(super) async fn receive(&self, buffer: &mut Vec<u8>, at_once: bool) -> io::Result<()> {
        if at_once && !self.shared {
            match recv(self.socket.get_ref(), spare_capacity(buffer), RecvFlags::empty()) {
                Ok((0, _)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        loop {
            let mut ready = self.socket.readable().await?;
            let room = buffer.capacity() - buffer.len();
            match recv(self.socket.get_ref(), spare_capacity(buffer), RecvFlags::DONTWAIT) {
                Ok((0, _)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok((received, _)) => {
                    if received < room {
                        // All of it: what comes later announces itself anew.
                        ready.clear_ready();
                    }
                    return Ok(());
                }
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
