using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.TestKit;

/// <summary>A scripted runner straight behind /v1, without routers and nodes.</summary>
internal sealed class ScriptedBackend(ScriptedRunner runner) : IInferenceBackend
{
    public IReadOnlyList<OpenAiModel> Models => [.. runner.Models.Select(model => new OpenAiModel(model.Id, model.ContextTokens, model.ContextTokens / 2) { Features = model.Features })];

    public PrivacyLevel MaxPrivacy => PrivacyLevel.PL1;

    public IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, CancellationToken cancellationToken) => runner.StreamAsync(JsonInText.Read(request), cancellationToken);
}
