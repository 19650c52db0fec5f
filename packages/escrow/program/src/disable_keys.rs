use crate::{
    administered::with_admin,
    generated::{EscrowError, INSTRUCTION_DISABLE_KEYS, KEY_ATTESTOR, KEY_RELAYER},
    keys::{ATTESTOR, RELAYER},
    require, Call, Outcome,
};

/// Accounts: operator, admin (signs). Data: number, which keys.
/// Stops a key at once, with all it said that had not settled: awards in their window, links and changes in their cool-down.
#[inline(never)]
pub fn disable_keys(Call { program, accounts, data }: Call) -> Outcome {
    let [account, admin] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, which] = *data else {
        return Err(EscrowError::DataLengthWrong);
    };
    require(which != 0 && which & !(KEY_RELAYER | KEY_ATTESTOR) == 0, EscrowError::FlagInvalid)?;
    with_admin(program, account, admin, INSTRUCTION_DISABLE_KEYS, |fields, now| {
        if which & KEY_RELAYER != 0 {
            RELAYER.disable(fields, now)?;
        }
        if which & KEY_ATTESTOR != 0 {
            ATTESTOR.disable(fields, now)?;
        }
        Ok(())
    })
}
