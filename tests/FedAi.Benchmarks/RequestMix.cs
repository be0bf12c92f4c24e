using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>
/// Signed requests for the stub's model. One in a hundred carries a signature that does not hold, and one in a hundred
/// makes the stub answer with such a signature: a path that skips its checks is found out by accepting them (DECISIONS E24).
/// </summary>
internal sealed class RequestMix(KeyPair client)
{
    private const int Every = 100;

    /// <summary>Requests for a router, which must refuse both kinds of forgery.</summary>
    public IReadOnlyList<LoadRequest> ForRouter(int count, int maxTokens = 16, TimeSpan clockBehind = default) => Make(count, maxTokens, cheated: 502, clockBehind);

    /// <summary>Requests for the stub itself, which checks the client's signature and hands out its own forgery.</summary>
    public IReadOnlyList<LoadRequest> ForStub(int count, int maxTokens = 16) => Make(count, maxTokens, cheated: 200, clockBehind: default);

    public static int Forged(int count) => count / Every;

    private LoadRequest[] Make(int count, int maxTokens, int cheated, TimeSpan clockBehind)
    {
        var nowMs = (TimeProvider.System.GetUtcNow() - clockBehind).ToUnixTimeMilliseconds();
        var requests = new LoadRequest[count];
        Parallel.For(0, count, index =>
        {
            var cheats = index % Every == 73;
            var body = EnvelopeSealer.Seal(new InferenceRequest
            {
                RequestId = Guid.CreateVersion7().ToString(),
                ModelId = StubNode.ModelId,
                Prompt = cheats ? StubNode.Cheat : "What is a router?",
                MaxTokens = maxTokens,
            }, ProtocolJson.Default.InferenceRequest, client, nowMs);
            var forged = index % Every == 37;
            if (forged) StubNode.SpoilSignature(body);
            requests[index] = new LoadRequest(body, forged ? 401 : cheats ? cheated : 200);
        });
        return requests;
    }
}
