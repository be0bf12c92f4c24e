using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Envelopes;

/// <summary>MAN-34, FED-45: an RFC 8785 library and noble's Schnorr verify what we sign, and we what they sign.</summary>
public sealed class ForeignSoftwareTests
{
    private const int Documents = 100;

    [Theory]
    [InlineData("envelope")]
    [InlineData("manifest")]
    [InlineData("receipt")]
    [InlineData("control")]
    public async Task Documents_SignedByUs_VerifyThere_AndAlteredOnesDoNot(string kind)
    {
        var signed = SignMany(kind);
        var altered = signed.Select(text => text.Replace("größer", "kleiner")).ToList();
        altered.ShouldAllBe(text => text.Contains("kleiner"));

        await using var script = NodeScript.Start("documents.mjs");

        (await VerifyAsync(script, kind, signed)).ShouldAllBe(valid => valid);
        (await VerifyAsync(script, kind, altered)).ShouldAllBe(valid => !valid);
    }

    [Theory]
    [InlineData("envelope")]
    [InlineData("manifest")]
    [InlineData("receipt")]
    [InlineData("control")]
    public async Task Documents_SignedThere_VerifyHere_AndAlteredOnesDoNot(string kind)
    {
        await using var script = NodeScript.Start("documents.mjs");
        var signed = (await script.AskAsync(new JsonObject { ["op"] = "sign", ["kind"] = kind, ["count"] = Documents })).AsArray().Select(text => (string)text!).ToList();

        signed.Count.ShouldBe(Documents);
        foreach (var text in signed)
        {
            Verifies(kind, text).ShouldBeTrue(text);
            var other = JsonNode.Parse(text)!.AsObject();
            other[kind == "manifest" ? "added" : kind is "envelope" ? "nonce" : kind == "receipt" ? "jobId" : "messageId"] = "altered";
            Verifies(kind, other.ToJsonString()).ShouldBeFalse(text);
        }
    }

    private static bool Verifies(string kind, string text)
    {
        var json = ProtocolSamples.Utf8(text);
        switch (kind)
        {
            case "envelope": return EnvelopeSealer.TryOpen(json, out var envelope, out _) && envelope.VerifySignature();
            case "receipt": return Receipts.Verify(json);
            case "control": return ControlMessages.TryOpen(json, out _, out _, out _);
            default:
                using (var document = JsonDocument.Parse(json))
                    return PublicKey.TryParseNpub(document.RootElement.GetProperty("id").GetString(), out var key) && Manifests.Verify(json, key);
        }
    }

    private static async Task<IReadOnlyList<bool>> VerifyAsync(NodeScript script, string kind, IEnumerable<string> texts)
    {
        var documents = new JsonArray([.. texts.Select(text => (JsonNode)new JsonObject { ["kind"] = kind, ["text"] = text })]);
        return [.. (await script.AskAsync(new JsonObject { ["op"] = "verify", ["documents"] = documents })).AsArray().Select(valid => (bool)valid!)];
    }

    /// <summary>Random floats and texts in every place that takes them; "größer" stands somewhere in each.</summary>
    private static List<string> SignMany(string kind)
    {
        var random = new Random(34);
        double Number() => random.Next(4) == 0 ? random.NextInt64() : random.NextDouble() * Math.Pow(10, random.Next(-30, 30));
        string Words() => $"größer {(char)random.Next(1, 0xd800)} \" \\ \n 😀 {Number()}";
        return [.. Enumerable.Range(0, Documents).Select(_ =>
        {
            using var key = KeyPair.Generate();
            var npub = key.PublicKey.Npub;
            // Half a surrogate pair is no text to RFC 8785, which refuses it; everything else a random text has is.
            var open = new JsonObject { ["z"] = Number(), ["text"] = Words(), ["list"] = new JsonArray(Number(), new JsonObject { [Words()] = Number(), ["a"] = null }) };
            return Encoding.UTF8.GetString(kind switch
            {
                "envelope" => EnvelopeSealer.Seal(ProtocolSamples.Utf8(open.ToJsonString()), key, Number(), Words()),
                "receipt" => Receipts.Sign(new RouterReceipt
                {
                    JobId = Words(), RequestRouterId = Words(), WorkerRouterId = npub, InputHash = Words(), Usage = new JobUsage { Tokens = Number() }, PriceMsat = Number(),
                    Status = JobStatus.Partial, StartedAtMs = Number(), FinishedAtMs = Number(), ReceiptId = Words(), Sig = "",
                }, key),
                "control" => ControlMessages.Sign(new RouterControlMessage
                {
                    Type = ControlMessageType.CapsAnnounce, Version = ControlMessages.Version, RouterId = npub, MessageId = Words(), Timestamp = Number(), Expiry = Number(),
                    Payload = JsonDocument.Parse(open.ToJsonString()).RootElement, Sig = "",
                }, key),
                _ => Manifests.Sign(new RouterManifest
                {
                    Id = npub, RouterMode = "probation", CapabilityBands = new CapabilityBands { Cpu = Words(), Ram = "ram_8", Disk = "d", Net = "n", Gpu = "g" },
                    Limits = new RouterLimits { MaxQps = Number(), MaxConcurrentJobs = Number(), MaxPayloadBytes = Number() }, PoliciesEnabled = [Words()], AuditMode = "none",
                    Benchmarks = JsonDocument.Parse(open.ToJsonString()).RootElement, SoftwareVersion = Words(),
                }, ProtocolJson.Default.RouterManifest, key, ProtocolSamples.Now),
            });
        })];
    }
}
