use crate::{
    account::{self, Identity},
    address::{bump_seed, MARKER},
    attestation::require_attested,
    clock::now,
    create_account::{create_account, NewAccount},
    effective_wallet::is_linked,
    event::emit,
    field::{bytes_at, i64_at, is_same, key_at, put, put_i64, put_u64, u64_at},
    generated::{identity, EscrowError, IDENTITY_LINKED, INSTRUCTION_LINK_IDENTITY},
    keys::ATTESTOR,
    require, Call, Outcome,
};

const BUMP: usize = 1;
const GITHUB_ID: usize = 2;
const EXPIRY: usize = 10;
const DATA_BYTES: usize = 18;

/// Accounts: payer (signs, pays), identity, operator, attestor (signs), wallet (signs), system program.
/// Data: number, bump, GitHub user id, expiry.
/// Links a user who has no link, or no longer. It counts after the cool-down, in which disabling the attestor undoes it.
#[inline(never)]
pub fn link_identity(Call { program, accounts, data }: Call) -> Outcome {
    let [payer, account, operator_account, attestor, wallet, system] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let Ok(data) = <&[u8; DATA_BYTES]>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong);
    };
    let now = now()?;
    let operator = account::operator(operator_account, program)?;
    require_attested(operator, attestor, wallet, i64_at(data, EXPIRY), now)?;
    let operator_address = operator_account.address().as_array();
    let fields = if account.owned_by(program) {
        let fields = account::identity_mut(account, program)?;
        let theirs = is_same(key_at(fields, identity::OPERATOR), operator_address) && u64_at(fields, identity::GITHUB_ID) == u64_at(data, GITHUB_ID);
        require(theirs, EscrowError::IdentityWrong)?;
        require(!is_linked(fields, operator), EscrowError::IdentityLinked)?;
        fields
    } else {
        let id: &[u8; 8] = bytes_at(data, GITHUB_ID);
        require(*id != [0; 8], EscrowError::IdMissing)?;
        let mut parts: [&[u8]; 6] = [b"identity", operator_address, id, bump_seed(data[BUMP]), program.as_array(), &MARKER];
        create_account(NewAccount { payer, account, system, amount: 0, space: identity::SIZE, owner: program, parts: &mut parts, bump: data[BUMP] })?;
        let fields = account::new_identity(account)?;
        fields[identity::BUMP] = data[BUMP];
        put(fields, identity::OPERATOR, operator_address);
        put(fields, identity::GITHUB_ID, id);
        fields
    };
    let sequence = record(fields, wallet.address().as_array(), ATTESTOR.epoch(operator), now);
    emit(INSTRUCTION_LINK_IDENTITY, account.address(), sequence, 0);
    Ok(())
}

/// Nothing of an earlier link stays.
#[inline(always)]
fn record(fields: &mut Identity, wallet: &[u8; 32], epoch: u64, now: i64) -> u64 {
    let sequence = u64_at(fields, identity::SEQUENCE).wrapping_add(1);
    fields[identity::STATE] = IDENTITY_LINKED;
    fields[identity::CONTESTED] = 0;
    fields[identity::CONTESTED_BEFORE] = 0;
    put(fields, identity::WALLET, wallet);
    put_i64(fields, identity::LINKED_AT, now);
    put_u64(fields, identity::ATTESTOR_EPOCH, epoch);
    fields[identity::PENDING_WALLET..identity::SEQUENCE].fill(0);
    put_u64(fields, identity::SEQUENCE, sequence);
    sequence
}

const _: () = assert!(identity::SEQUENCE == identity::PENDING_EPOCH + 8 && identity::PENDING_SINCE == identity::PENDING_WALLET + 32);
