namespace FedAi.Runners.Templates;

/// <summary>Reads a template's statements; a construct it does not know ends the reading.</summary>
internal sealed class StatementParser
{
    private const int MostDepth = 60;

    private readonly TokenStream tokens;
    private readonly ExpressionParser expressions;
    private int depth;
    private int loops;

    private StatementParser(TokenStream tokens) => (this.tokens, expressions) = (tokens, new(tokens));

    public static IReadOnlyList<Statement> Read(string source)
    {
        var parser = new StatementParser(new(Lexer.Read(source)));
        var body = parser.Body();
        if (parser.tokens.Current.Kind != TokenKind.End) throw new TemplateException($"\"{parser.tokens.Following.Text}\" ends what was not begun");
        return body;
    }

    /// <summary>Statements up to a tag that ends or divides them, which stays.</summary>
    private List<Statement> Body()
    {
        if (++depth > MostDepth) throw new TemplateException("statements nest too deep");
        var body = new List<Statement>();
        while (tokens.Current.Kind != TokenKind.End && !(tokens.Current.Kind == TokenKind.BeginStatement && Divides(tokens.Following.Text)))
        {
            body.Add(Next());
        }
        depth--;
        return body;
    }

    private static bool Divides(string name) => name is "else" or "elif" || name.StartsWith("end", StringComparison.Ordinal);

    private Statement Next()
    {
        var token = tokens.Take();
        if (token.Kind == TokenKind.Text) return new Statement.Text(token.Text);
        if (token.Kind == TokenKind.BeginExpression)
        {
            var value = expressions.ReadTuple();
            tokens.Take(TokenKind.EndExpression);
            return new Statement.Print(value);
        }
        var name = tokens.Take(TokenKind.Name).Text;
        return name switch
        {
            "if" => If(),
            "for" => For(),
            "set" => Set(),
            "macro" => Macro(),
            "generation" => Marked(),
            "break" or "continue" when loops > 0 => Leave(name == "break"),
            _ => throw new TemplateException($"the statement \"{name}\" is not supported"),
        };
    }

    private Statement.If If()
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        IReadOnlyList<Statement> otherwise = [];
        do branches.Add((Condition(), Body()));
        while (TryTag("elif"));
        if (TryTag("else"))
        {
            tokens.Take(TokenKind.EndStatement);
            otherwise = Body();
        }
        End("endif");
        return new(branches, otherwise);
    }

    private Expression Condition()
    {
        var condition = expressions.ReadTuple();
        tokens.Take(TokenKind.EndStatement);
        return condition;
    }

    private Statement.For For()
    {
        var names = Names();
        tokens.Expect("in");
        var over = expressions.ReadWithoutChoice();
        var only = tokens.TryTake("if") ? expressions.Read() : null;
        tokens.Take(TokenKind.EndStatement);
        loops++;
        var body = Body();
        loops--;
        IReadOnlyList<Statement> otherwise = [];
        if (TryTag("else"))
        {
            tokens.Take(TokenKind.EndStatement);
            otherwise = Body();
        }
        End("endfor");
        return new(names, over, only, body, otherwise);
    }

    private Statement Set()
    {
        var names = Names();
        var member = names.Count == 1 && tokens.TryTake(".") ? tokens.Take(TokenKind.Name).Text : null;
        if (tokens.TryTake("="))
        {
            var value = expressions.ReadTuple();
            tokens.Take(TokenKind.EndStatement);
            return new Statement.Set(names, member, value);
        }
        if (names.Count > 1 || member is not null) throw new TemplateException("a block can be set to one name only");
        tokens.Take(TokenKind.EndStatement);
        var body = Body();
        End("endset");
        return new Statement.SetBlock(names[0], body);
    }

    private Statement.Macro Macro()
    {
        var name = tokens.Take(TokenKind.Name).Text;
        var parameters = new List<(string, Expression?)>();
        tokens.Expect("(");
        while (!tokens.TryTake(")"))
        {
            parameters.Add((tokens.Take(TokenKind.Name).Text, tokens.TryTake("=") ? expressions.Read() : null));
            if (!tokens.Current.Is(")")) tokens.Expect(",");
        }
        tokens.Take(TokenKind.EndStatement);
        var outer = loops;
        loops = 0; // a loop around the macro is not left from inside
        var body = Body();
        loops = outer;
        End("endmacro");
        return new(name, parameters, body);
    }

    private Statement.Block Marked()
    {
        tokens.Take(TokenKind.EndStatement);
        var body = Body();
        End("endgeneration");
        return new(body);
    }

    private Statement.Leave Leave(bool loop)
    {
        tokens.Take(TokenKind.EndStatement);
        return new(loop);
    }

    private List<string> Names()
    {
        var names = new List<string>();
        var bracket = tokens.TryTake("(");
        do names.Add(tokens.Take(TokenKind.Name).Text);
        while (tokens.TryTake(","));
        if (bracket) tokens.Expect(")");
        return names;
    }

    /// <summary>Takes <c>{% name</c>.</summary>
    private bool TryTag(string name)
    {
        if (tokens.Current.Kind != TokenKind.BeginStatement || tokens.Following.Text != name) return false;
        tokens.Take();
        tokens.Take();
        return true;
    }

    private void End(string name)
    {
        if (!TryTag(name)) throw new TemplateException($"\"{name}\" is missing");
        tokens.Take(TokenKind.EndStatement);
    }
}
