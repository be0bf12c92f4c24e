using System.Text.Json;
using FedAi.Protocol.Nostr;

namespace FedAi.Benchmarks;

/// <summary>An event as a relay sends it, and the three values that the bare library needs to verify it.</summary>
internal sealed record EventSample(byte[] Frame, byte[] Id, byte[] Author, byte[] Signature, bool Forged)
{
    /// <summary>A forged one has its own id and a signature with one digit changed.</summary>
    public static EventSample Of(NostrEvent signed, bool forged)
    {
        var frame = RelayFrame.WriteEvent("bench", signed);
        if (forged)
        {
            var at = frame.AsSpan().LastIndexOf("\"sig\":\""u8) + "\"sig\":\""u8.Length;
            frame[at] = frame[at] == (byte)'0' ? (byte)'1' : (byte)'0';
        }

        using var json = JsonDocument.Parse(frame);
        byte[] Bytes(string member) => Convert.FromHexString(json.RootElement[2].GetProperty(member).GetString()!);
        return new EventSample(frame, Bytes("id"), Bytes("pubkey"), Bytes("sig"), forged);
    }
}
