use crate::{
    administered::with_admin,
    field::{is_same, key_at},
    generated::{EscrowError, INSTRUCTION_SCHEDULE_KEYS},
    keys::{is_operators_key, ATTESTOR, NOBODY, RELAYER},
    require, Call, Outcome,
};

const DATA_BYTES: usize = 1 + 2 * 32;

/// Accounts: operator, admin (signs). Data: number, next relayer or zero, next attestor or zero.
/// They take over by themselves after seven days, in which everybody can see them coming.
#[inline(never)]
pub fn schedule_keys(Call { program, accounts, data }: Call) -> Outcome {
    let [account, admin] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(data) = <&[u8; DATA_BYTES]>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let keys = [key_at(data, 1), key_at(data, 33)];
    with_admin(program, account, admin, INSTRUCTION_SCHEDULE_KEYS, |fields, now| {
        require(!keys.iter().all(|key| is_same(key, &NOBODY)), EscrowError::KeyMissing)?;
        require(!is_same(keys[0], keys[1]), EscrowError::KeysNotDistinct)?;
        for (key, role) in keys.into_iter().zip([&RELAYER, &ATTESTOR]) {
            if !is_same(key, &NOBODY) {
                require(!is_operators_key(fields, key), EscrowError::KeysNotDistinct)?;
                role.schedule(fields, key, now)?;
            }
        }
        Ok(())
    })
}
