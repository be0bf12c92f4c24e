namespace FedAi.Runners.Templates;

/// <summary>What a piece of a template is.</summary>
internal enum TokenKind
{
    Text,
    BeginStatement,
    EndStatement,
    BeginExpression,
    EndExpression,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}
