namespace FedAi.Tests.Shape;

/// <summary>Every shape rule can fail: each finds the fault in a small sample, and names the file.</summary>
public sealed class ShapeRuleTests
{
    private const string Interface = "namespace FedAi.Runners; public interface ISpeaks;";

    private static readonly Dictionary<string, (string Path, string Text)[]> Faults = new()
    {
        ["top level is fixed"] = [("misc/notes.txt", "")],
        ["projects reference downwards"] =
            [("runners/FedAi.Runners.csproj", """<Project><ItemGroup><ProjectReference Include="../relaydiscovery/FedAi.RelayDiscovery.csproj" /></ItemGroup></Project>""")],
        ["daemon folders are known"] = [("daemon/Stuff/Thing.cs", "namespace FedAi.Daemon.Stuff;")],
        ["daemon folders use only folders further right"] = [("daemon/Node/InferenceService.cs", "using FedAi.Daemon.Router; namespace FedAi.Daemon.Node;")],
        ["libraries are named in one place"] =
            [("daemon/Node/Native.cs", """namespace FedAi.Daemon.Node; partial class Native { [LibraryImport("secp256k1")] private static partial int f(); }""")],
        ["one top-level type per file, named like the file"] = [("protocol/Pair.cs", "namespace FedAi.Protocol; class Pair; class Other;")],
        ["namespace is the folder"] = [("protocol/FedAi.Protocol.csproj", "<Project />"), ("protocol/Json/Limits.cs", "namespace FedAi.Protocol; class Limits;")],
        ["at most six constructor parameters"] = [("protocol/Wide.cs", "class Wide(int a, int b, int c, int d, int e, int f, int g);")],
        ["names say what a type is"] = [("daemon/Node/NodeManager.cs", "class NodeManager;")],
        ["partial only for source generators"] = [("daemon/Node/Half.cs", "partial class Half { void M() { } }")],
        ["an interface has two implementations"] = [("runners/ISpeaks.cs", Interface), ("runners/One.cs", "class One : ISpeaks;")],
        ["the daemon's types are internal and sealed"] = [("daemon/Node/Open.cs", "internal class Open;")],
        ["wire records are sealed"] = [("protocol/Messages/Loose.cs", "public record Loose;")],
        ["rules and policies are pure"] = [("daemon/Router/RetryPolicy.cs", "static class RetryPolicy { static bool Again(TimeProvider clock) => true; }")],
        ["at most 400 lines"] = [("protocol/Long.cs", new string('\n', 401))],
        ["no package registry is named"] = [("docs/INSTALL.md", "see https://api.nuget" + ".org/v3/index.json")],
        ["no path of one machine"] = [("docs/INSTALL.md", "cd /ho" + "me/ada/src")],
        ["nothing unfinished"] = [("fedai.sh", "# TO" + "DO: more")],
    };

    public static TheoryData<string> Rules => [.. ShapeRule.All.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Rules))]
    public void Rule_FaultySample_NamesTheFile(string name)
    {
        Faults.ShouldContainKey(name, "every rule is shown to fail here");

        var violations = ShapeRule.All.Single(rule => rule.Name == name).Violations(SourceTree.Of(Faults[name])).ToList();

        violations.Count.ShouldBe(1);
        violations[0].ShouldStartWith(Faults[name].Select(file => name == "top level is fixed" ? "misc" : file.Path)
            .Single(path => violations[0].StartsWith(path + ":", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("using FedAi.Daemon.Router;", true)]
    [InlineData("using static FedAi.Daemon.Router.NodeRanking;", true)]
    [InlineData("using Alias = FedAi.Daemon.Router.NodeRanking;", true)]
    [InlineData("class A { Router.NodeRanking b; }", true)]
    [InlineData("class A { object b = FedAi.Daemon.Router.NodeRanking.Best(); }", true)]
    [InlineData("using FedAi.Daemon.Gateway;", true)]
    [InlineData("using FedAi.Daemon.Peering;", false)]
    [InlineData("using FedAi.Daemon.Node;", false)]
    [InlineData("class A { object b = Router.ToString(); }", false)] // a property may be called Router
    public void DaemonFolders_NameOfAnotherFolder_IsFound(string code, bool found) =>
        ShapeRule.All.Single(rule => rule.Name == "daemon folders use only folders further right")
            .Violations(SourceTree.Of(("daemon/Node/Sample.cs", code))).Any().ShouldBe(found);

    [Fact]
    public void Interface_WithTwoImplementations_IsKept() =>
        ShapeRule.All.Single(rule => rule.Name == "an interface has two implementations").Violations(SourceTree.Of(
            ("runners/ISpeaks.cs", Interface), ("runners/One.cs", "class One : ISpeaks;"),
            ("tests/FedAi.TestKit/Two.cs", "class Two : object, FedAi.Runners.ISpeaks;"))).ShouldBeEmpty();
}
