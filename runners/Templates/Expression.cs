namespace FedAi.Runners.Templates;

/// <summary>What has a value in a template.</summary>
internal abstract record Expression
{
    public sealed record Literal(object? Value) : Expression;

    public sealed record Variable(string Text) : Expression;

    public sealed record ListOf(IReadOnlyList<Expression> Items) : Expression;

    public sealed record MapOf(IReadOnlyList<(Expression Key, Expression Value)> Members) : Expression;

    /// <summary><c>a.b</c>, which may also be a method, and <c>a["b"]</c>.</summary>
    public sealed record Member(Expression Of, Expression Key, bool Dotted) : Expression;

    public sealed record Slice(Expression Of, Expression? From, Expression? To, Expression? Step) : Expression;

    public sealed record Call(Expression Target, Arguments Given) : Expression;

    public sealed record Filter(Expression Of, string Name, Arguments Given) : Expression;

    public sealed record Test(Expression Of, string Name, Arguments Given, bool Negated) : Expression;

    public sealed record Unary(string Operator, Expression Of) : Expression;

    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    public sealed record Choice(Expression Condition, Expression Then, Expression? Else) : Expression;

    /// <summary>What a call is given: values by place, then by name.</summary>
    public sealed record Arguments(IReadOnlyList<Expression> ByPlace, IReadOnlyList<(string Name, Expression Value)> ByName);
}
