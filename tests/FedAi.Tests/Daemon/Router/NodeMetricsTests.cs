using FedAi.Daemon.Router;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Router;

public sealed class NodeMetricsTests
{
    [Theory]
    [InlineData(true, null, "ok")]
    [InlineData(false, null, "left")]
    [InlineData(false, ErrorCode.NodeUnreachable, "failed")]
    [InlineData(true, ErrorCode.RunnerCrashed, "failed")]
    [InlineData(false, ErrorCode.NodeSaturated, "busy")]
    [InlineData(false, ErrorCode.PromptTooLarge, "client")]
    public void Outcome_OfAnAttempt_SaysWhoseDoingItWas(bool ended, ErrorCode? refusal, string outcome) => NodeMetrics.Outcome(ended, refusal).ShouldBe(outcome);
}
