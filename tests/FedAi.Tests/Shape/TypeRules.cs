using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FedAi.Tests.Shape;

/// <summary>docs/ARCHITECTURE.md §3 and §6: how types are cut and named.</summary>
internal static class TypeRules
{
    private static readonly string[] ForbiddenEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Base", "Impl", "Common"];

    /// <summary>What a partial class is allowed for: the compiler writes its other half.</summary>
    private static readonly string[] Generators =
        ["LibraryImport", "LoggerMessage", "GeneratedRegex", "JsonSerializable", "JsonSourceGenerationOptions"];

    /// <summary>Names that a pure function has no use for: a clock, randomness, a file, a socket, a log.</summary>
    private static readonly string[] Impure =
        ["TimeProvider", "Stopwatch", "Random", "RandomNumberGenerator", "File", "Directory", "Socket", "HttpClient", "ILogger", "Environment"];

    public static IReadOnlyList<ShapeRule> All { get; } =
    [
        new("one top-level type per file, named like the file", OneTopLevelTypePerFile),
        new("namespace is the folder", NamespaceIsTheFolder),
        new("at most six constructor parameters", AtMostSixConstructorParameters),
        new("names say what a type is", NamesSayWhatATypeIs),
        new("partial only for source generators", PartialOnlyForSourceGenerators),
        new("an interface has two implementations", InterfacesHaveTwoImplementations),
        new("the daemon's types are internal and sealed", DaemonTypesAreInternalAndSealed),
        new("wire records are sealed", WireRecordsAreSealed),
        new("rules and policies are pure", RulesAndPoliciesArePure),
    ];

    private static IEnumerable<string> OneTopLevelTypePerFile(SourceTree tree)
    {
        foreach (var file in tree.CSharp)
        {
            var names = file.TopLevelTypes.Select(NameOf).ToList();
            var expected = Path.GetFileNameWithoutExtension(file.Path);
            if (names.Count > 1) yield return $"{file.Path}: holds {names.Count} top-level types";
            else if (names.Count == 1 && names[0] != expected) yield return $"{file.Path}: holds {names[0]}, so its name is {names[0]}.cs";
        }
    }

    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => "",
    };

    private static IEnumerable<string> NamespaceIsTheFolder(SourceTree tree)
    {
        var projects = tree.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetDirectoryName(file.Path)!.Replace('\\', '/'), file => Path.GetFileNameWithoutExtension(file.Path));
        foreach (var file in tree.CSharp)
        {
            var folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/');
            var project = projects.Keys.Where(key => (folder + "/").StartsWith(key + "/", StringComparison.Ordinal)).MaxBy(key => key.Length);
            if (project is null)
            {
                yield return $"{file.Path}: belongs to no project";
                continue;
            }
            var expected = (projects[project] + "." + folder[project.Length..].Trim('/').Replace('/', '.')).TrimEnd('.');
            foreach (var space in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
                if (space.Name.ToString() != expected || space is not FileScopedNamespaceDeclarationSyntax)
                    yield return $"{file.Path}: its namespace is {expected}, file-scoped";
            if (!file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Any() && file.TopLevelTypes.Any())
                yield return $"{file.Path}: has no namespace";
        }
    }

    /// <summary>A record's parameters are its members, not what it depends on.</summary>
    private static IEnumerable<string> AtMostSixConstructorParameters(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        where type is not RecordDeclarationSyntax
        from parameters in type.Members.OfType<ConstructorDeclarationSyntax>().Select(constructor => constructor.ParameterList)
            .Concat(type.ParameterList is { } primary ? [primary] : [])
        where parameters.Parameters.Count > 6
        select $"{file.Path}: {type.Identifier} takes {parameters.Parameters.Count} constructor parameters; that is two types";

    private static IEnumerable<string> NamesSayWhatATypeIs(SourceTree tree) =>
        from file in tree.CSharp
        from name in file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text)
            .Concat(Path.GetDirectoryName(file.Path)!.Split('/', '\\'))
        from ending in ForbiddenEndings
        where name.EndsWith(ending, StringComparison.Ordinal)
        select $"{file.Path}: the name {name} says nothing; {ending} is not used here";

    private static IEnumerable<string> PartialOnlyForSourceGenerators(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        where type.Modifiers.Any(SyntaxKind.PartialKeyword)
        where !type.DescendantNodes().OfType<AttributeSyntax>().Any(attribute => Generators.Contains(attribute.Name.ToString()))
        select $"{file.Path}: {type.Identifier} is partial without a source generator";

    private static IEnumerable<string> InterfacesHaveTwoImplementations(SourceTree tree)
    {
        var implemented = tree.CSharp.SelectMany(file => file.Types)
            .Where(type => type is not InterfaceDeclarationSyntax)
            .SelectMany(type => type.BaseList?.Types.Select(@base => @base.Type) ?? [])
            .Select(@base => (@base is GenericNameSyntax generic ? generic.Identifier.Text : @base.ToString()).Split('.')[^1])
            .GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());
        return from file in tree.Product
               from type in file.Types.OfType<InterfaceDeclarationSyntax>()
               let count = implemented.GetValueOrDefault(type.Identifier.Text)
               where count < 2
               select $"{file.Path}: {type.Identifier} has {count} implementation(s); the class itself is the seam";
    }

    private static IEnumerable<string> DaemonTypesAreInternalAndSealed(SourceTree tree) =>
        from file in tree.Daemon
        from type in file.TopLevelTypes
        from problem in new[]
        {
            type.Modifiers.Any(SyntaxKind.PublicKeyword) ? "is public" : null,
            type is ClassDeclarationSyntax or RecordDeclarationSyntax { ClassOrStructKeyword.RawKind: not (int)SyntaxKind.StructKeyword }
                && !type.Modifiers.Any(modifier => modifier.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword)
                ? "is not sealed" : null,
        }
        where problem is not null
        select $"{file.Path}: {NameOf(type)} {problem}";

    private static IEnumerable<string> WireRecordsAreSealed(SourceTree tree) =>
        from file in tree.CSharp
        where file.IsUnder("protocol/Messages")
        from type in file.Types
        where type is RecordDeclarationSyntax && !type.Modifiers.Any(SyntaxKind.SealedKeyword)
        select $"{file.Path}: {type.Identifier} is not a sealed record";

    private static IEnumerable<string> RulesAndPoliciesArePure(SourceTree tree) =>
        from file in tree.Product
        from type in file.Types
        where file.IsUnder("protocol/Rules") || type.Identifier.Text.EndsWith("Rules", StringComparison.Ordinal)
            || type.Identifier.Text.EndsWith("Policy", StringComparison.Ordinal)
        from name in type.DescendantNodes().Select(node => node switch
        {
            AwaitExpressionSyntax => "await",
            IdentifierNameSyntax identifier when Impure.Contains(identifier.Identifier.Text) => identifier.Identifier.Text,
            GenericNameSyntax generic when Impure.Contains(generic.Identifier.Text) => generic.Identifier.Text,
            _ => null,
        }).OfType<string>().Distinct()
        select $"{file.Path}: {type.Identifier} is not pure: it uses {name}";
}
