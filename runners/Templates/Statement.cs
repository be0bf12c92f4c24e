namespace FedAi.Runners.Templates;

/// <summary>What a template does.</summary>
internal abstract record Statement
{
    public sealed record Text(string Value) : Statement;

    public sealed record Print(Expression Value) : Statement;

    public sealed record If(IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else) : Statement;

    public sealed record For(IReadOnlyList<string> Names, Expression Over, Expression? Only, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else) : Statement;

    /// <summary>Names, or one member of a namespace.</summary>
    public sealed record Set(IReadOnlyList<string> Names, string? Member, Expression Value) : Statement;

    /// <summary>What the body prints becomes the value.</summary>
    public sealed record SetBlock(string Name, IReadOnlyList<Statement> Body) : Statement;

    public sealed record Macro(string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body) : Statement;

    /// <summary>What only marks text for others.</summary>
    public sealed record Block(IReadOnlyList<Statement> Body) : Statement;

    /// <summary>Leaves the loop, or only this round of it.</summary>
    public sealed record Leave(bool Loop) : Statement;
}
