use crate::{
    account,
    address::{bump_seed, MARKER},
    create_account::{create_account, NewAccount},
    event::emit,
    field::{is_same, key_at, put, put_u64},
    generated::{operator, EscrowError, INSTRUCTION_CREATE_OPERATOR},
    keys::NOBODY,
    require, Call, Outcome,
};
use pinocchio::sysvars::{clock::Clock, Sysvar};

const DATA_BYTES: usize = 2 + 3 * 32;

/// Accounts: admin (signs, pays), operator, system program.
/// Data: number, bump, host hash, relayer, attestor.
#[inline(never)]
pub fn create_operator(Call { program, accounts, data }: Call) -> Outcome {
    let [admin, account, system] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(data) = <&[u8; DATA_BYTES]>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let bump = data[1];
    let (host_hash, relayer, attestor) = (key_at(data, 2), key_at(data, 34), key_at(data, 66));
    require([host_hash, relayer, attestor].into_iter().all(|key| !is_same(key, &NOBODY)), EscrowError::KeyMissing)?;
    let first_admin = admin.address().as_array();
    require(!is_same(relayer, attestor) && !is_same(relayer, first_admin) && !is_same(attestor, first_admin), EscrowError::KeysNotDistinct)?;
    let mut parts: [&[u8]; 5] = [b"operator", first_admin, bump_seed(bump), program.as_array(), &MARKER];
    create_account(NewAccount { payer: admin, account, system, amount: 0, space: operator::SIZE, owner: program, parts: &mut parts, bump })?;

    let created_slot = Clock::get()?.slot;
    {
        let fields = account::new_operator(account)?;
        fields[operator::BUMP] = bump;
        put(fields, operator::HOST_HASH, host_hash);
        put(fields, operator::FIRST_ADMIN, first_admin);
        put(fields, operator::ADMIN, first_admin);
        put(fields, operator::RELAYER, relayer);
        put(fields, operator::ATTESTOR, attestor);
        put_u64(fields, operator::RELAYER_EPOCH, 1);
        put_u64(fields, operator::ATTESTOR_EPOCH, 1);
        put_u64(fields, operator::CREATED_SLOT, created_slot);
        put_u64(fields, operator::SEQUENCE, 1);
    }
    emit(INSTRUCTION_CREATE_OPERATOR, account.address(), 1, 0);
    Ok(())
}
