using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FedAi.Tests.Shape;

/// <summary>docs/ARCHITECTURE.md §2: which folders exist, and who may use whom.</summary>
internal static class LayerRules
{
    private static readonly string[] TopLevel =
    [
        "protocol", "relaydiscovery", "runners", "daemon", "tests", "systemd", "native", "docs", ".ci",
        "FedAiP2P.sln", "README.md", "CONTRIBUTING.md", "LICENSE", "fedai.sh", "global.json", "BannedSymbols.txt",
        "Directory.Build.props", "Directory.Packages.props", ".editorconfig", ".gitignore", ".npmrc",
    ];

    /// <summary>Left to right: a folder of the daemon may use only folders of later rows, never its own row's other folders.</summary>
    private static readonly string[][] DaemonLayers =
    [
        ["Cli"], ["Hosting"], ["Control"], ["Bench"], ["Gateway", "Federation", "Updates"], ["Node", "Router"], ["OpenAi"],
        ["Staking", "Accounts"], ["Peering"], ["Trust", "Capability"], ["Store", "Loops"],
    ];

    private static readonly Dictionary<string, string[]> ProjectMayUse = new()
    {
        ["protocol/FedAi.Protocol.csproj"] = [],
        ["relaydiscovery/FedAi.RelayDiscovery.csproj"] = ["FedAi.Protocol"],
        ["runners/FedAi.Runners.csproj"] = ["FedAi.Protocol"],
        ["runners/LlamaHost/FedAi.LlamaHost.csproj"] = ["FedAi.Protocol", "FedAi.Runners"],
        ["daemon/FedAi.Daemon.csproj"] = ["FedAi.Protocol", "FedAi.RelayDiscovery", "FedAi.Runners", "FedAi.LlamaHost"],
    };

    public static IReadOnlyList<ShapeRule> All { get; } =
    [
        new("top level is fixed", TopLevelIsFixed),
        new("projects reference downwards", ProjectsReferenceDownwards),
        new("daemon folders are known", DaemonFoldersAreKnown),
        new("daemon folders use only folders further right", DaemonFoldersUseOnlyFoldersFurtherRight),
        new("libraries are named in one place", NativeLibrariesAreNamedInOnePlace),
    ];

    private static IEnumerable<string> TopLevelIsFixed(SourceTree tree) =>
        from name in tree.Files.Select(file => file.Path.Split('/')[0]).Distinct()
        where !TopLevel.Contains(name)
        select $"{name}: does not belong at the top level";

    private static IEnumerable<string> ProjectsReferenceDownwards(SourceTree tree) =>
        from file in tree.Files
        where file.Path.EndsWith(".csproj", StringComparison.Ordinal) && !file.IsUnder("tests")
        from reference in XDocument.Parse(file.Text).Descendants("ProjectReference")
        let target = Path.GetFileNameWithoutExtension((string?)reference.Attribute("Include") ?? "")
        where !ProjectMayUse.GetValueOrDefault(file.Path, []).Contains(target)
        select $"{file.Path}: must not reference {target}";

    private static IEnumerable<string> DaemonFoldersAreKnown(SourceTree tree) =>
        from file in tree.Daemon
        let parts = file.Path.Split('/')
        where parts.Length > 2 ? LayerOf(parts[1]) < 0 : parts[1] != "Program.cs"
        select $"{file.Path}: belongs in one of the daemon's folders";

    private static IEnumerable<string> DaemonFoldersUseOnlyFoldersFurtherRight(SourceTree tree) =>
        from file in tree.Daemon
        let parts = file.Path.Split('/')
        where parts.Length > 2
        from used in file.Syntax.DescendantNodes().Select(DaemonFolderNamedBy).OfType<string>().Distinct()
        where used != parts[1] && LayerOf(used) <= LayerOf(parts[1])
        select $"{file.Path}: daemon/{parts[1]} must not use daemon/{used}";

    /// <summary>Reads <c>FedAi.Daemon.Router.JobDispatcher</c> anywhere, and <c>Router.JobDispatcher</c> where a type stands, which the parent namespace makes legal.</summary>
    private static string? DaemonFolderNamedBy(SyntaxNode node)
    {
        if (node is not (QualifiedNameSyntax or MemberAccessExpressionSyntax)
            || node.Parent is QualifiedNameSyntax or MemberAccessExpressionSyntax or BaseNamespaceDeclarationSyntax) return null;
        var parts = node.ToString().Replace("global::", "", StringComparison.Ordinal).Split('.');
        var folder = parts is ["FedAi", "Daemon", var named, ..] ? named : node is QualifiedNameSyntax ? parts[0] : "";
        return LayerOf(folder) >= 0 ? folder : null;
    }

    private static int LayerOf(string folder) => Array.FindIndex(DaemonLayers, layer => layer.Contains(folder));

    /// <summary>A native library has one adapter, so that replacing it touches one folder.</summary>
    private static IEnumerable<string> NativeLibrariesAreNamedInOnePlace(SourceTree tree) =>
        from file in tree.Product
        from attribute in file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString() is "LibraryImport" or "DllImport"
        let library = attribute.ArgumentList?.Arguments.FirstOrDefault()?.ToString().Trim('"') ?? ""
        let home = library switch
        {
            "secp256k1" or "sodium" => "protocol/Crypto",
            "llama" or "ggml" or "ggml-base" => "runners/LlamaHost",
            _ => "",
        }
        where home != "" && !file.IsUnder(home)
        select $"{file.Path}: only {home} may import {library}";
}
