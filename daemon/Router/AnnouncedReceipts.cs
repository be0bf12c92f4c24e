using System.Buffers;
using System.Text;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>Signs proofs that a record is in the books, with the announcement of their root while the own relay has it.</summary>
internal sealed class AnnouncedReceipts(KeyPair key, RelayHub hub)
{
    public byte[] Sign(string requestId, ReceiptWindow window, MerklePath path, long nowMs) => EnvelopeSealer.Seal(new ReceiptProof
    {
        RequestId = requestId,
        RouterId = key.PublicKey.Npub,
        ReceiptId = ReceiptRules.Id(window.FromMs, window.UntilMs),
        ReceiptHash = window.Root,
        LeafIndex = path.Index,
        LeafCount = path.Count,
        Path = [.. path.Hashes.Select(Convert.ToHexStringLower)],
        Event = EventOf(window),
    }, ProtocolJson.Default.ReceiptProof, key, nowMs);

    private string? EventOf(ReceiptWindow window)
    {
        var mine = new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.ReceiptSummary }, Authors = new HashSet<Hex32> { Hex32.From(key.PublicKey) } };
        var announcement = hub.Find([mine]).FirstOrDefault(stored => ControlEvents.TryParse(stored, out var message, out _)
            && message.Read(ProtocolJson.Default.ReceiptSummary) is { } summary && summary.ReceiptHash == window.Root && summary.ReceiptId == ReceiptRules.Id(window.FromMs, window.UntilMs));
        if (announcement is null) return null;
        var json = new ArrayBufferWriter<byte>();
        announcement.WriteTo(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
