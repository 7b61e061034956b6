//! CRC-64/XZ, the checksum by which the platform knows code.

/// The polynomial of ECMA-182, reflected.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

const TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut value, mut bit) = (index as u64, 0);
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
};

/// The checksum as the platform writes it: a decimal number.
pub(super) fn checksum(bytes: &[u8]) -> String {
    let step = |sum: u64, byte: &u8| TABLE[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8);
    (!bytes.iter().fold(u64::MAX, step)).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_that_of_the_published_check() {
        // 0x995DC9BBDF1939FA, the check value of CRC-64/XZ.
        assert_eq!(super::checksum(b"123456789"), "11051210869376104954");
        assert_eq!(super::checksum(b""), "0");
    }
}
