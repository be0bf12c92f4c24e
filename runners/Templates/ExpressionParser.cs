using System.Globalization;

namespace FedAi.Runners.Templates;

/// <summary>Reads expressions, from the loosest binding to the tightest, as Jinja's grammar has them.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    private const int MostDepth = 60;

    private static readonly Expression.Arguments Nothing = new([], []);

    private int depth;

    /// <summary>Several values with commas between them are a list.</summary>
    public Expression ReadTuple()
    {
        var first = Read();
        if (!tokens.Current.Is(",")) return first;
        var items = new List<Expression> { first };
        while (tokens.TryTake(",") && !EndsTuple()) items.Add(Read());
        return new Expression.ListOf(items);
    }

    public Expression Read()
    {
        if (++depth > MostDepth) throw new TemplateException("an expression nests too deep");
        var value = Or();
        while (tokens.TryTake("if"))
        {
            var condition = Or();
            value = new Expression.Choice(condition, value, tokens.TryTake("else") ? Read() : null);
        }
        depth--;
        return value;
    }

    /// <summary>What a loop goes over: an "if" behind it belongs to the loop.</summary>
    public Expression ReadWithoutChoice() => Or();

    private bool EndsTuple() => tokens.Current.Kind is TokenKind.EndStatement or TokenKind.EndExpression || tokens.Current.Is(")");

    private Expression Or() => Chain(And, "or");

    private Expression And() => Chain(Not, "and");

    private Expression Not()
    {
        if (!tokens.TryTake("not")) return Compare();
        if (++depth > MostDepth) throw new TemplateException("an expression nests too deep");
        var negated = new Expression.Unary("not", Not());
        depth--;
        return negated;
    }

    private Expression Compare()
    {
        var left = Sum();
        var @operator = CompareOperator();
        if (@operator is null) return left;
        var compared = new Expression.Binary(@operator, left, Sum());
        return CompareOperator() is null ? compared : throw new TemplateException("comparisons in a chain are not supported");
    }

    private string? CompareOperator()
    {
        if (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=") return tokens.Take().Text;
        if (tokens.TryTake("in")) return "in";
        if (!tokens.Current.Is("not") || !tokens.Following.Is("in")) return null;
        tokens.Take();
        tokens.Take();
        return "not in";
    }

    private Expression Sum() => Chain(Concatenation, "+", "-");

    private Expression Concatenation() => Chain(Product, "~");

    private Expression Product() => Chain(() => Unary(true), "*", "/", "//", "%");

    private Expression Chain(Func<Expression> next, params string[] operators)
    {
        var left = next();
        while (Array.Find(operators, tokens.Current.Is) is { } @operator)
        {
            tokens.Take();
            left = new Expression.Binary(@operator, left, next());
        }
        return left;
    }

    private Expression Unary(bool withFilters)
    {
        Expression value;
        if (tokens.Current.Is("-") || tokens.Current.Is("+"))
        {
            if (++depth > MostDepth) throw new TemplateException("an expression nests too deep");
            value = new Expression.Unary(tokens.Take().Text, Unary(false));
            depth--;
        }
        else
        {
            value = Postfix(Primary());
        }
        if (tokens.Current.Is("**")) throw new TemplateException("powers are not supported");
        return withFilters ? FiltersAndTests(value) : value;
    }

    private Expression Primary()
    {
        var token = tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.String:
                var text = token.Text;
                while (tokens.Current.Kind == TokenKind.String) text += tokens.Take().Text;
                return new Expression.Literal(text);
            case TokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? new Expression.Literal(whole) : throw new TemplateException("a number is too large");
            case TokenKind.Float:
                return new Expression.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Expression.Literal(true),
                    "false" or "False" => new Expression.Literal(false),
                    "none" or "None" => new Expression.Literal(null),
                    _ => new Expression.Variable(token.Text),
                };
        }
        if (token.Is("(")) return Bracketed();
        if (token.Is("[")) return new Expression.ListOf(Items("]"));
        if (token.Is("{")) return Map();
        throw new TemplateException($"\"{token.Text}\" stands where a value belongs");
    }

    private Expression Bracketed()
    {
        if (tokens.TryTake(")")) return new Expression.ListOf([]);
        var value = ReadTuple();
        tokens.Expect(")");
        return value;
    }

    private List<Expression> Items(string end)
    {
        var items = new List<Expression>();
        while (!tokens.TryTake(end))
        {
            items.Add(Read());
            if (!tokens.Current.Is(end)) tokens.Expect(",");
        }
        return items;
    }

    private Expression.MapOf Map()
    {
        var members = new List<(Expression, Expression)>();
        while (!tokens.TryTake("}"))
        {
            var key = Read();
            tokens.Expect(":");
            members.Add((key, Read()));
            if (!tokens.Current.Is("}")) tokens.Expect(",");
        }
        return new(members);
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            if (tokens.TryTake(".")) value = new Expression.Member(value, new Expression.Literal(tokens.Take(TokenKind.Name).Text), Dotted: true);
            else if (tokens.TryTake("[")) value = Subscript(value);
            else if (tokens.TryTake("(")) value = new Expression.Call(value, Given());
            else return value;
        }
    }

    private Expression Subscript(Expression value)
    {
        var parts = new Expression?[3];
        var colons = 0;
        while (!tokens.TryTake("]"))
        {
            if (tokens.TryTake(":")) colons++;
            else parts[colons] = Read();
            if (colons > 2) throw new TemplateException("a slice has too many parts");
        }
        if (colons > 0) return new Expression.Slice(value, parts[0], parts[1], parts[2]);
        return new Expression.Member(value, parts[0] ?? throw new TemplateException("an index is missing"), Dotted: false);
    }

    private Expression.Arguments Given()
    {
        var places = new List<Expression>();
        var names = new List<(string, Expression)>();
        while (!tokens.TryTake(")"))
        {
            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.Is("="))
            {
                var name = tokens.Take().Text;
                tokens.Take();
                names.Add((name, Read()));
            }
            else
            {
                places.Add(Read());
            }
            if (!tokens.Current.Is(")")) tokens.Expect(",");
        }
        return new(places, names);
    }

    private Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.TryTake("|"))
            {
                var name = tokens.Take(TokenKind.Name).Text;
                if (!Filters.IsKnown(name)) throw new TemplateException($"the filter \"{name}\" is not supported");
                value = new Expression.Filter(value, name, tokens.TryTake("(") ? Given() : Nothing);
            }
            else if (tokens.TryTake("is"))
            {
                value = Test(value);
            }
            else if (tokens.Current.Is("."))
            {
                value = Postfix(value);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression.Test Test(Expression value)
    {
        var negated = tokens.TryTake("not");
        var name = tokens.Take(TokenKind.Name).Text;
        if (!Tests.IsKnown(name)) throw new TemplateException($"the test \"{name}\" is not supported");
        var given = tokens.TryTake("(") ? Given() : TakesValue() ? new([Postfix(Primary())], []) : Nothing;
        return new(value, name, given, negated);
    }

    private bool TakesValue() => tokens.Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float
        || tokens.Current.Is("[") || tokens.Current.Is("{")
        || (tokens.Current.Kind == TokenKind.Name && tokens.Current.Text is not ("and" or "or" or "if" or "else" or "is" or "in" or "not"));
}
