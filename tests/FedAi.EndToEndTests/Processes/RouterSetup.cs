using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>Minimums so low that every machine reaches them: the verdict is then the benchmark's alone.</summary>
internal static class RouterSetup
{
    public static async Task<string[]> EveryMachineAsync(ProcessFederation federation, CancellationToken cancellationToken)
    {
        var profile = await federation.CommandAsync(cancellationToken, "profile", "--offline", "--json", "--data", federation.Data("router"));
        string[] minimums =
        [
            $"arch={JsonNode.Parse(profile.Output)!["hardware"]!["cpu"]!["arch"]}", "avx2=false", "ramGb=1", "ssd=false", "maxJitterMs=0", "minUploadMbps=0",
            "minRequestsPerSecond=1", "maxDecisionMicroseconds=1000000", "minAnsweredPercent=1",
        ];
        return [.. minimums.SelectMany(minimum => (string[])["--set", $"router.minimums.{minimum}"])];
    }
}
