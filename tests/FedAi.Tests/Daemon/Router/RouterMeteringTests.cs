using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterMeteringTests
{
    [Fact]
    public async Task Await_MoreThanItKeeps_TheOldestMakesRoom()
    {
        await using var store = new TestStore();
        using var key = KeyPair.Generate();
        var time = new ManualTime();
        var metering = new RouterMetering(store.Tables.Metering, new RequestTraces(time), time);
        var node = Node(key.PublicKey);

        for (var i = 0; i <= RouterMetering.MaxAwaited; i++) metering.Await(node, Request(i), null);

        // What is waited for is looked at, and refused because it is whole.
        (await TakeAsync(0)).ShouldBe(ErrorCode.MeteringUnknownRequest);
        (await TakeAsync(1)).ShouldBe(ErrorCode.InvalidMetering);
        (await TakeAsync(RouterMetering.MaxAwaited)).ShouldBe(ErrorCode.InvalidMetering);

        async Task<ErrorCode?> TakeAsync(int request) => (await metering.AcceptPartialAsync(node, new MeteringRecord
        {
            RequestId = Request(request).RequestId,
            NodeId = key.PublicKey.Npub,
            ModelId = "tiny",
            PromptHash = "",
            InputTokens = 1,
            OutputTokens = 1,
            WallTimeMs = 1,
            BytesIn = 1,
            BytesOut = 1,
            Ts = 1,
            Status = MeteringStatus.Complete,
        }, ReadOnlyMemory<byte>.Empty))?.Code;
    }

    private static InferenceRequest Request(int number) => new() { RequestId = $"request-{number}", ModelId = "tiny", Prompt = "hello", MaxTokens = 16 };

    private static NodeEntry Node(PublicKey key) => new(key, new PeerEndpoint(new Uri("http://127.0.0.1:1/")), new NodeDescriptor
    {
        NodeId = key.Npub,
        KeyId = key.Npub,
        Endpoint = "http://127.0.0.1:1/",
        Capacity = new NodeCapacity { MaxConcurrent = 1, CurrentLoad = 0 },
        Capabilities = [],
    }, 0, new PeerLoad());
}
