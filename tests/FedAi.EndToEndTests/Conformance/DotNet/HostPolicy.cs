using System.ClientModel.Primitives;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>Sends every request with this Host header.</summary>
internal sealed class HostPolicy(string host) : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set("Host", host);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set("Host", host);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }
}
