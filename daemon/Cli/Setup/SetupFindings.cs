using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>What was found of this machine. HasModel says that one is there to be served; ModelProblem why of the files that are there none can be.</summary>
internal sealed record SetupFindings(MachineProfile Profile, BenchResult? Bench, RecommendInput Input, bool HasModel, string? ModelProblem = null)
{
    public Recommendation Recommendation { get; } = Recommender.Recommend(Profile, Bench, Input);
}
