using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>The demo model, loaded once for all tests of a class.</summary>
public sealed class DemoRunner : IAsyncLifetime
{
    public LlamaRunner Runner { get; private set; } = null!;

    public async Task InitializeAsync() => Runner = await DemoModel.StartAsync();

    public async Task DisposeAsync() => await Runner.DisposeAsync();

    public async Task<List<InferenceEvent>> EventsAsync(InferenceRequest request)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await Runner.StreamAsync(request, patience.Token).ToListAsync(patience.Token);
    }

    public async Task<string> TextAsync(InferenceRequest request) => Text(await EventsAsync(request));

    public async Task<Refusal> RefusalAsync(InferenceRequest request) =>
        (await EventsAsync(request)).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;

    public static string Text(IEnumerable<InferenceEvent> events) => string.Concat(events.OfType<InferenceDelta>().Select(delta => delta.Text));
}
