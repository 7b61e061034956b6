pub fn f() { (]
}
