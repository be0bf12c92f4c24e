using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Envelopes;

/// <summary>Requests sealed to a node, and what those who pass them on may try (DECISIONS E11).</summary>
public sealed class SealedRequestsTests : IDisposable
{
    private const string Marker = "pelican-7f3a";

    private static readonly InferenceRequest Asked = ProtocolSamples.Request with
    {
        Messages = [new ChatMessage { Role = "user", Content = $"Tell me of the {Marker}." }],
        PrivacyLevel = PrivacyLevel.PL2,
        Salt = null,
        Stop = [Marker],
    };

    private readonly X25519Key secret = X25519Key.Generate();
    private readonly KeyPair node = KeyPair.Generate();

    public void Dispose()
    {
        secret.Dispose();
        node.Dispose();
    }

    [Fact]
    public void Seal_AndOpen_GivesTheRequestBackAndHidesIt()
    {
        var (outside, _) = Sealed();

        SealedRequests.TryOpen(outside, secret, out var opened, out _, out var refusal).ShouldBeTrue(refusal?.Hint);

        opened!.Messages.ShouldBe(Asked.Messages);
        opened.Temperature.ShouldBe(Asked.Temperature);
        opened.Stop.ShouldBe(Asked.Stop);
        var wire = JsonSerializer.SerializeToUtf8Bytes(outside, ProtocolJson.Default.InferenceRequest);
        LeakSearch.Find(wire, Marker).ShouldBeNull();
        LeakSearch.Find(wire, Asked.ModelId).ShouldBe("UTF-8");
        (outside.Temperature, outside.Stop, outside.Prompt).ShouldBe((null, null, ""));
        RequestValues.Problem(outside).ShouldBeNull();
    }

    [Fact]
    public void Seal_RequestsOfSimilarLength_HaveOneLength()
    {
        var lengths = Enumerable.Range(0, 60).Select(more => CiphertextOf(Asked with { CacheKey = new string('x', 1 + more) }).Length).Distinct().ToList();

        lengths.Count.ShouldBeInRange(1, 2, "60 bytes more or less cross at most one border of 256");
        lengths.ShouldAllBe(length => (length - AeadSequence.TagBytes) % 256 == 0);
    }

    public static TheoryData<string, Func<InferenceRequest, InferenceRequest>> Alterations => new()
    {
        { "another limit", request => request with { MaxTokens = request.MaxTokens + 1 } },
        { "another model", request => request with { ModelId = "another" } },
        { "another request", request => request with { RequestId = "another" } },
        { "another node", request => request with { NodeKeyId = KeyPair.Generate().PublicKey.Npub } },
        { "another kid", request => request with { Sealed = request.Sealed! with { Kid = "another" } } },
        { "another version", request => request with { Sealed = request.Sealed! with { V = 2 } } },
        { "another sender", request => request with { Sealed = request.Sealed! with { Enc = Convert.ToBase64String(X25519Key.Generate().PublicKey) } } },
        { "no sender", request => request with { Sealed = request.Sealed! with { Enc = "" } } },
        { "a sender everybody knows", request => request with { Sealed = request.Sealed! with { Enc = Convert.ToBase64String(new byte[32]) } } },
        { "a byte changed", request => request with { Sealed = request.Sealed! with { Ct = Flip(request.Sealed.Ct) } } },
        { "cut off", request => request with { Sealed = request.Sealed! with { Ct = request.Sealed.Ct[..^4] } } },
        { "nothing", request => request with { Sealed = request.Sealed! with { Ct = "" } } },
        { "no base64", request => request with { Sealed = request.Sealed! with { Ct = "%%%%" } } },
        { "not sealed", request => request with { Sealed = null } },
    };

    [Theory, MemberData(nameof(Alterations))]
    public void Open_Altered_IsRefused(string what, Func<InferenceRequest, InferenceRequest> alter)
    {
        var (outside, _) = Sealed();

        SealedRequests.TryOpen(alter(outside), secret, out var opened, out var answer, out var refusal).ShouldBeFalse(what);

        (opened, answer).ShouldBe((null, null));
        refusal!.Code.ShouldBe(ErrorCode.SealInvalid);
    }

    [Fact]
    public void Open_WithAnotherNodesKey_IsRefused()
    {
        using var another = X25519Key.Generate();

        SealedRequests.TryOpen(Sealed().Outside, another, out _, out _, out var refusal).ShouldBeFalse();
        refusal!.Code.ShouldBe(ErrorCode.SealInvalid);
    }

    [Fact]
    public void Answer_InPiecesOfAnySize_OpensToItsText()
    {
        string[] deltas = ["A ", "", "pelican 🐦", new string('x', 5000), "."];
        var (frames, _) = Answered(deltas);
        foreach (var size in new[] { 1, 7, 64, int.MaxValue })
        {
            var (again, reader) = Answered(deltas);
            var opened = new StringBuilder();
            foreach (var piece in string.Concat(again).Chunk(Math.Min(size, 100_000)))
            {
                reader.TryRead(new string(piece), out var text, out _, out _).ShouldBeTrue();
                opened.Append(text);
            }

            opened.ToString().ShouldBe(string.Concat(deltas));
            reader.FinishReason.ShouldBe("length");
        }

        frames.Count.ShouldBe(deltas.Length + 1);
        frames[1].Length.ShouldBe(frames[4].Length, "short deltas are of one length");
    }

    public static TheoryData<string, Func<List<string>, List<string>>> Meddlings => new()
    {
        { "reordered", frames => [frames[0], frames[2], frames[1], frames[3]] },
        { "first two swapped", frames => [frames[1], frames[0], frames[2], frames[3]] },
        { "repeated", frames => [frames[0], frames[1], frames[1], frames[2], frames[3]] },
        { "left out", frames => [frames[0], frames[2], frames[3]] },
        { "ended early", frames => [frames[0], frames[3]] },
        { "more after the end", frames => [.. frames, frames[2]] },
        { "text after the end", frames => [.. frames, "more"] },
        { "changed", frames => [frames[0], Flip(frames[1]), frames[2], frames[3]] },
        { "shortened", frames => [frames[0], frames[1][..^5] + ".", frames[2], frames[3]] },
        { "in clear", frames => [frames[0], "hello.", frames[2], frames[3]] },
        { "ended by its mark alone", frames => [frames[0], frames[1][..^1] + "!"] },
        { "the end without its mark", frames => [.. frames.SkipLast(1), frames[3][..^1] + "."] },
        { "empty frame", frames => [".", .. frames] },
    };

    [Theory, MemberData(nameof(Meddlings))]
    public void Answer_MeddledWith_DoesNotOpen(string what, Func<List<string>, List<string>> meddle)
    {
        var (frames, reader) = Answered("one ", "two ", "three");

        meddle(frames).All(frame => reader.TryRead(frame, out _, out _, out _)).ShouldBeFalse(what);
    }

    [Fact]
    public void Answer_CutOff_IsNotComplete()
    {
        var (frames, reader) = Answered("one ", "two ", "three");

        foreach (var frame in frames.SkipLast(1)) reader.TryRead(frame, out _, out _, out _).ShouldBeTrue();

        reader.FinishReason.ShouldBeNull();
    }

    [Fact]
    public void Answer_OfAnotherRequest_DoesNotOpen()
    {
        var (frames, _) = Answered("one");

        Answered("one").Reader.TryRead(frames[0], out _, out _, out var refusal).ShouldBeFalse();
        refusal!.Code.ShouldBe(ErrorCode.StreamMismatch);
    }

    [Fact]
    public void Answer_Sealed_ProofHoldsOfflineAndBreaksWhenAltered()
    {
        var (outside, reader) = Sealed();
        SealedRequests.TryOpen(outside, secret, out _, out var writer, out _).ShouldBeTrue();
        var output = writer!.Seal("An answer.") + writer.Close("stop");
        var honest = ProtocolSamples.Answer(node, outside, output);

        MeteringRules.Check(outside, honest, "node-1", ProtocolSamples.Now).ShouldBeNull();
        var proof = ProofRules.Write(outside, honest);
        ProofRules.Check(proof).Problems.ShouldBeEmpty();
        LeakSearch.Find(proof, "An answer.").ShouldBeNull();
        reader.TryRead(honest.Response.Output, out var text, out _, out _).ShouldBeTrue();
        text.ShouldBe("An answer.");

        var another = outside with { Sealed = outside.Sealed! with { Ct = Flip(outside.Sealed.Ct) } };
        MeteringRules.Check(another, honest, "node-1", ProtocolSamples.Now).ShouldBe(ErrorCode.MeteringPromptHashMismatch);
    }

    public static TheoryData<string, Func<SealKey, SealKey>> BadKeys => new()
    {
        { "another suite", key => key with { Suite = "none" } },
        { "not yet good", key => key with { NotBeforeMs = ProtocolSamples.Now + 600_000 } },
        { "no longer good", key => key with { ExpiresAtMs = ProtocolSamples.Now - 600_000 } },
        { "good for years", key => key with { ExpiresAtMs = ProtocolSamples.Now + 100L * 24 * 3600 * 1000 } },
        { "no name", key => key with { Kid = "" } },
    };

    [Theory, MemberData(nameof(BadKeys))]
    public void SealKey_NotAsItShouldBe_IsNotTaken(string what, Func<SealKey, SealKey> alter)
    {
        SealKeys.TryOpen(Signed(Key(), node), ProtocolSamples.Now, out var signer, out _).ShouldBeTrue();
        signer.ShouldBe(node.PublicKey);

        SealKeys.TryOpen(Signed(alter(Key()), node), ProtocolSamples.Now, out _, out _).ShouldBeFalse(what);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Sender_ForAKeyThatIsNone_IsNotMade(string publicKey) => SealedSender.TryCreate(Key() with { PublicKey = publicKey }, out _).ShouldBeFalse();

    [Fact]
    public void SealKey_SignedByAnother_IsNotTaken()
    {
        using var router = KeyPair.Generate();
        var swapped = Signed(Key(), router);

        SealKeys.TryOpen(swapped with { KeyId = node.PublicKey.Npub }, ProtocolSamples.Now, out _, out _).ShouldBeFalse();
        SealKeys.TryOpen(swapped, ProtocolSamples.Now, out var signer, out _).ShouldBeTrue("it is the router's own");
        signer.ShouldBe(router.PublicKey);
    }

    [Fact]
    public void Answer_ToARequestWithTools_CarriesTextAndCallsThatLookAlike()
    {
        var asked = Asked with { Tools = System.Text.Json.JsonElement.Parse("""[{"type":"function","function":{"name":"add"}}]""") };
        var (outside, reader) = Sealed(asked);
        SealedRequests.TryOpen(outside, secret, out var request, out var writer, out _).ShouldBeTrue();
        var call = new ToolCallDelta { Index = 0, Id = "call_1", Name = "add", Arguments = "{}" };

        var frames = new[] { writer!.Seal("Let me see."), writer.Seal("", [call]) + writer.Seal("more"), writer.Close("tool_calls") };
        var read = frames.Select(frame => (Opened: reader.TryRead(frame, out var text, out var calls, out _), text, calls)).ToList();

        request!.Tools!.Value.GetRawText().ShouldContain("add");
        read.ShouldAllBe(frame => frame.Opened);
        read.Select(frame => frame.text).ShouldBe(["Let me see.", "more", ""]);
        read.SelectMany(frame => frame.calls).ShouldBe([call]);
        reader.FinishReason.ShouldBe("tool_calls");
    }

    private (InferenceRequest Outside, SealedAnswerReader Answer) Sealed(InferenceRequest? request = null)
    {
        SealedSender.TryCreate(Key(), out var sender).ShouldBeTrue();
        return (SealedRequests.Seal(request ?? Asked, node.PublicKey.Npub, sender!, out var answer), answer);
    }

    private (List<string> Frames, SealedAnswerReader Reader) Answered(params string[] deltas)
    {
        var (outside, reader) = Sealed();
        SealedRequests.TryOpen(outside, secret, out _, out var writer, out _).ShouldBeTrue();
        return ([.. deltas.Select(delta => writer!.Seal(delta)), writer.Close("length")], reader);
    }

    private byte[] CiphertextOf(InferenceRequest request) => Convert.FromBase64String(Sealed(request).Outside.Sealed!.Ct);

    private SealKey Key() => new()
    {
        Kid = "k1",
        Suite = SealKeys.Suite,
        PublicKey = Convert.ToBase64String(secret.PublicKey),
        NotBeforeMs = ProtocolSamples.Now,
        ExpiresAtMs = ProtocolSamples.Now + 3_600_000,
    };

    private static NodeSealKey Signed(SealKey key, KeyPair signer) => new()
    {
        KeyId = signer.PublicKey.Npub,
        SealKey = JsonDocument.Parse(EnvelopeSealer.Seal(key, ProtocolJson.Default.SealKey, signer, ProtocolSamples.Now)).RootElement,
    };

    /// <summary>Changes one character in the middle; it stays base64.</summary>
    private static string Flip(string base64)
    {
        var at = base64.Length / 2;
        return base64[..at] + (base64[at] == 'A' ? 'B' : 'A') + base64[(at + 1)..];
    }
}
