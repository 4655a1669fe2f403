use wmi_core::WmiMethod;

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct Rename<'a, 'b> {
    #[wmi(in)]
    from: &'a str,
    #[wmi(in)]
    to: &'b str,
}

fn main() {}
