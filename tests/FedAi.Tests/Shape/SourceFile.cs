using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FedAi.Tests.Shape;

/// <summary>One text file of the repository, its path relative to the root and with forward slashes.</summary>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<CompilationUnitSyntax> syntax = new(() => CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot());

    public string Path => path;

    public string Text => text;

    public bool IsCSharp => path.EndsWith(".cs", StringComparison.Ordinal);

    public CompilationUnitSyntax Syntax => syntax.Value;

    /// <summary>Types and delegates that are not nested in another type.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes => Syntax.DescendantNodes(node =>
            node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
        .Cast<MemberDeclarationSyntax>();

    public IEnumerable<TypeDeclarationSyntax> Types => Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>();

    public bool IsUnder(string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);
}
