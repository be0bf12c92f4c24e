using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Benchmarks.Rows;

/// <summary>
/// Envelopes on one core, from wire bytes to a typed payload: a request of about 1 KB and the two envelopes a node answers
/// with. A router opens, reads and verifies all three for each request, and seals one.
/// </summary>
internal static class EnvelopeRow
{
    private const int WarmUps = 3;
    private const int Rounds = 5;
    private const int Samples = 2_000;
    private const int ForgedEvery = 100;
    private const long Now = 1_760_000_000_000;

    public static Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken) =>
        Task.Run(() => Measure(progress, cancellationToken), cancellationToken);

    private static IReadOnlyList<Figure> Measure(Progress progress, CancellationToken cancellationToken)
    {
        using var key = KeyPair.Generate();
        progress.Say($"sealing {Samples} requests, responses and metering records");
        var requests = Sealed(i => Request(i), ProtocolJson.Default.InferenceRequest, key);
        var responses = Sealed(i => Response(i), ProtocolJson.Default.InferenceResponse, key);
        var records = Sealed(i => Metering(i, key.PublicKey), ProtocolJson.Default.MeteringRecord, key);

        Cost request = default, response = default, metering = default, seal = default, verify = default;
        List<double> requestUs = [], responseUs = [], meteringUs = [], sealUs = [], verifyUs = [];
        for (var round = 1 - WarmUps; round <= Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            request = Cost.Of(Samples, () => Judge(requests, ProtocolJson.Default.InferenceRequest));
            response = Cost.Of(Samples, () => Judge(responses, ProtocolJson.Default.InferenceResponse));
            metering = Cost.Of(Samples, () => Judge(records, ProtocolJson.Default.MeteringRecord));
            seal = Cost.Of(Samples, () => Seal(key));
            verify = Cost.Of(Samples, () => VerifyOnly(key));
            if (round < 1) continue;
            requestUs.Add(request.Microseconds);
            responseUs.Add(response.Microseconds);
            meteringUs.Add(metering.Microseconds);
            sealUs.Add(seal.Microseconds);
            verifyUs.Add(verify.Microseconds);
            progress.Say(Number($"round {round} of {Rounds}: {request.Microseconds:0.0} µs a request, {seal.Microseconds:0.0} µs to seal one, {verify.Microseconds:0.0} µs for a bare signature"));
        }

        var (open, sealing) = (Statistics.Median(requestUs), Statistics.Median(sealUs));
        var (answer, record, bare) = (Statistics.Median(responseUs), Statistics.Median(meteringUs), Statistics.Median(verifyUs));
        var wrong = request.Wrong + response.Wrong + metering.Wrong;
        return
        [
            new Figure("1 KB requests opened, read and verified, one core", "≥ 15000 /s or 0.6 × library", Number($"{1e6 / open:0} /s, {bare / open:0.00} ×"), open <= 1e6 / 15_000 || bare / open >= 0.6,
                Number($"{open:0.0} µs, of which a bare signature {bare:0.0} µs; {request.Bytes:0} B allocated")),
            new Figure("a router's envelopes for one request: 3 opened, 1 sealed", "≤ 300 µs", Number($"{open + answer + record + sealing:0} µs"), open + answer + record + sealing <= 300,
                Number($"request {open:0.0}, response {answer:0.0}, metering {record:0.0}, sealing {sealing:0.0} µs; {request.Bytes + response.Bytes + metering.Bytes + seal.Bytes:0} B allocated, {seal.Bytes:0} B of them sealing")),
            new Figure("envelopes: forged ones refused, no others", "all", wrong == 0 ? "all" : $"{wrong} judged wrongly", wrong == 0),
        ];
    }

    private static int Judge<T>(byte[][] wires, JsonTypeInfo<T> type) where T : class
    {
        var wrong = 0;
        for (var i = 0; i < wires.Length; i++)
        {
            var valid = EnvelopeSealer.TryOpen(wires[i], out var envelope, out _) && envelope.TryRead(type, out _, out _) && envelope.VerifySignature();
            if (valid == IsForged(i)) wrong++;
        }

        return wrong;
    }

    private static int Seal(KeyPair key)
    {
        for (var i = 0; i < Samples; i++) EnvelopeSealer.Seal(Request(i), ProtocolJson.Default.InferenceRequest, key, Now);
        return 0;
    }

    private static int VerifyOnly(KeyPair key)
    {
        Span<byte> digest = stackalloc byte[32];
        var signature = key.Sign(digest);
        for (var i = 0; i < Samples; i++) key.PublicKey.Verify(digest, signature);
        return 0;
    }

    private static byte[][] Sealed<T>(Func<int, T> payload, JsonTypeInfo<T> type, KeyPair key)
    {
        var wires = new byte[Samples][];
        for (var i = 0; i < Samples; i++)
        {
            wires[i] = EnvelopeSealer.Seal(payload(i), type, key, Now + i);
            // A changed millisecond: the shape stays right, so that only the signature can tell.
            if (IsForged(i)) wires[i][^2] = wires[i][^2] == (byte)'1' ? (byte)'2' : (byte)'1';
        }

        return wires;
    }

    private static bool IsForged(int index) => index % ForgedEvery == 37;

    private static InferenceRequest Request(int index) => new()
    {
        RequestId = $"0199f3a1-7c1e-7000-8000-{index:x12}",
        ModelId = "llama-3.1-8b-instruct-q4_k_m",
        Prompt = "",
        MaxTokens = 512,
        Temperature = 0.7,
        TopP = 0.95,
        Messages =
        [
            new ChatMessage { Role = "system", Content = "You are a helpful assistant. Answer briefly, name your sources, and say so when you don't know." },
            new ChatMessage { Role = "user", Content = "Was weiß man über \"föderiertes\" Rechnen?\n" + string.Concat(Enumerable.Repeat("It's one sentence of a longer question. ", 14)) },
        ],
        Seed = index,
        Stop = ["\n\n", "###"],
        PrivacyLevel = PrivacyLevel.PL1,
        Salt = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    };

    private static InferenceResponse Response(int index) => new()
    {
        RequestId = $"0199f3a1-7c1e-7000-8000-{index:x12}",
        ModelId = "llama-3.1-8b-instruct-q4_k_m",
        Output = string.Concat(Enumerable.Repeat("Here's one \"sentence\" of the answer.\n", 27)),
        Usage = new TokenUsage { InputTokens = 170, OutputTokens = 240 },
        LatencyMs = 1234,
        FinishReason = "stop",
    };

    private static MeteringRecord Metering(int index, PublicKey node) => new()
    {
        RequestId = $"0199f3a1-7c1e-7000-8000-{index:x12}",
        NodeId = node.Npub,
        ModelId = "llama-3.1-8b-instruct-q4_k_m",
        PromptHash = new string('a', 64),
        InputTokens = 170,
        OutputTokens = 240,
        WallTimeMs = 1234,
        BytesIn = 800,
        BytesOut = 972,
        Ts = Now,
        OutputHash = new string('b', 64),
        Status = MeteringStatus.Complete,
        PriceMsat = 1234,
        TtftMs = 120,
    };

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What one run cost per envelope, in time of the processor, so that busy neighbours do not count.</summary>
    private readonly record struct Cost(double Microseconds, double Bytes, int Wrong)
    {
        public static Cost Of(int count, Func<int> run)
        {
            var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
            var wrong = run();
            var elapsed = Environment.CpuUsage.TotalTime - start;
            return new Cost(elapsed.TotalMicroseconds / count, (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / count, wrong);
        }
    }
}
