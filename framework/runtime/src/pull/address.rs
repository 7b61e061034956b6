//! Where a platform's API is, by the text of its variable.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
};

/// Names of this machine and its neighbours, where a number does not do.
const HOSTS: &str = "/etc/hosts";

/// Connects to `host:port` where the host is a number, or a name in the file of hosts, as hand-made surroundings have it. Nobody else is
/// asked: the C library's resolver would be more code than the whole of the loop.
///
/// # Errors
/// The host is neither, or nobody listens there.
pub fn by_number(authority: &str) -> io::Result<TcpStream> {
    if let Ok(address) = authority.parse::<SocketAddr>() {
        return TcpStream::connect(address);
    }
    let (host, port) = authority.rsplit_once(':').ok_or(io::ErrorKind::InvalidInput)?;
    let port = port.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut addresses = listed(&fs::read_to_string(HOSTS).unwrap_or_default(), host);
    if addresses.is_empty() && host.eq_ignore_ascii_case("localhost") {
        addresses.push(Ipv4Addr::LOCALHOST.into());
    }
    let mut last = io::Error::new(
        io::ErrorKind::NotFound,
        format!("`{host}` is neither an IP address nor a name in {HOSTS}; write one or the other"),
    );
    for address in addresses {
        match TcpStream::connect(SocketAddr::new(address, port)) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Connects to `host:port` whatever the host is.
///
/// # Errors
/// Nobody knows the host, or nobody listens there.
pub fn by_name(authority: &str) -> io::Result<TcpStream> {
    TcpStream::connect(authority)
}

/// The addresses that a file of hosts gives a name.
fn listed(hosts: &str, name: &str) -> Vec<IpAddr> {
    let of_line = |line: &str| {
        let mut words = line.split('#').next()?.split_ascii_whitespace();
        let address = words.next()?.parse().ok()?;
        words.any(|word| word.eq_ignore_ascii_case(name)).then_some(address)
    };
    hosts.lines().filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_file_of_hosts_is_read_by_lines() {
        let hosts =
            "# comment\n127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.7\truntime API.internal # api\nx y\n";
        let of = |name| listed(hosts, name).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("localhost"), ["127.0.0.1", "::1"]);
        assert_eq!(of("api.internal"), ["10.0.0.7"]);
        assert!(of("api").is_empty() && of("comment").is_empty() && of("y").is_empty());
    }

    #[test]
    fn numbers_and_this_machine_are_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
            by_number(&format!("{host}:{port}")).unwrap();
        }
    }

    #[test]
    fn a_name_that_nobody_knows_is_named() {
        let error = by_number("runtime.invalid:80").unwrap_err().to_string();
        assert!(error.contains("`runtime.invalid`") && error.contains("/etc/hosts"), "{error}");
    }
}
