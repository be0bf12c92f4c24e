using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>What the gate decided: who speaks, what they say and the envelope they said it in; or why not, and then whose key it is only if the signature held.</summary>
internal readonly record struct Admission<T>(PublicKey Key, T Payload, ReadOnlyMemory<byte> Wire, string Nonce, Refusal? Refusal)
{
    public static Admission<T> Refused(Refusal refusal, PublicKey? key = null) => new(key!, default!, default, "", refusal);
}
