using System.Data;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Multiproc.Serialization.Codecs;

/// <summary>What a table is before it has rows: its settings, columns, keys.</summary>
internal static class TableHead
{
    /// <summary>The most rows for which a table may ask for room before it has them: the first row takes it.</summary>
    private const int MostCapacity = 64 * 1024;

    public static void Write(WriteContext context, DataTable table)
    {
        TableTexts.Write(context, table.TableName);
        TableTexts.Write(context, table.Namespace);
        TableTexts.Write(context, table.Prefix);
        context.Writer.Bool(table.CaseSensitive);
        if (table.MinimumCapacity > MostCapacity)
        {
            throw new UnsendableException($"has a MinimumCapacity of {table.MinimumCapacity}, and may have at most {MostCapacity}");
        }

        context.Writer.VarUInt((uint)table.MinimumCapacity);
        context.Writer.VarUInt((uint)table.RemotingFormat);
        Slot.Write(context, table.Locale, typeof(CultureInfo));
        TableTexts.Write(context, table.DisplayExpression);
        TableTexts.WriteProperties(context, table.ExtendedProperties);
        context.Writer.VarUInt((uint)table.Columns.Count);
        foreach (DataColumn column in table.Columns)
        {
            TableColumns.Write(context, column);
        }

        TableLinks.WriteColumns(context, table.PrimaryKey);
        var unique = table.Constraints.OfType<UniqueConstraint>().ToList();
        context.Writer.VarUInt((uint)unique.Count);
        foreach (var each in unique)
        {
            TableTexts.Write(context, each.ConstraintName);
            TableLinks.WriteColumns(context, each.Columns);
            TableTexts.WriteProperties(context, each.ExtendedProperties);
        }
    }

    /// <summary>Reads into an empty table; returns what can be set only after the rows are there.</summary>
    public static LateSettings Read(ReadContext context, ref WireReader reader, DataTable table, DataSet? set = null)
    {
        table.TableName = TableTexts.Read(ref reader);
        table.Namespace = TableTexts.Read(ref reader);
        table.Prefix = TableTexts.Read(ref reader);
        set?.Tables.Add(table);
        bool isCaseSensitive = reader.Bool();
        int capacity = reader.Natural();
        table.MinimumCapacity = capacity <= MostCapacity
            ? capacity
            : throw new SerializationException($"Malformed value: a table has a capacity of {capacity}, and may have at most {MostCapacity}.");
        table.RemotingFormat = (SerializationFormat)reader.Natural();
        var locale = Slot<CultureInfo>.Read(context, ref reader);
        if (set is null || set.CaseSensitive != isCaseSensitive || !Equals(set.Locale, locale))
        {
            table.CaseSensitive = isCaseSensitive;
            table.Locale = locale;
        }

        var late = new LateSettings(table, TableTexts.Read(ref reader));
        TableTexts.ReadProperties(context, ref reader, table.ExtendedProperties);
        for (int count = reader.Count(1); count > 0; count--)
        {
            TableColumns.Read(context, ref reader, table, late);
        }

        var key = TableLinks.ReadColumns(ref reader, table);
        for (int count = reader.Count(1); count > 0; count--)
        {
            string name = TableTexts.Read(ref reader);
            var columns = TableLinks.ReadColumns(ref reader, table);
            var unique = new UniqueConstraint(name, columns, isPrimaryKey: key.Length > 0 && columns.SequenceEqual(key));
            table.Constraints.Add(unique);
            TableTexts.ReadProperties(context, ref reader, unique.ExtendedProperties);
        }

        return late;
    }
}

/// <summary>Columns, in the order of the table.</summary>
internal static class TableColumns
{
    /// <summary>The number that a new row gets next, which .NET shows to its own formats alone.</summary>
    private static readonly PropertyInfo? s_next =
        typeof(DataColumn).GetProperty("AutoIncrementCurrent", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

    /// <summary>Whether an expression has something like <c>Parent.Price</c> or <c>Child(Orders).Price</c>.</summary>
    public static bool RefersToOthers(string expression) =>
        Regex.IsMatch(expression, @"\b(?:parent|child)\s*[.(]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public static void Write(WriteContext context, DataColumn column)
    {
        if (column.GetType() != typeof(DataColumn))
        {
            throw new UnsendableException($"has a column of the class {TypeNames.Of(column.GetType())}: send its rows as records of your own");
        }

        if (!CodecTable.Sends(column.DataType))
        {
            throw new UnsendableException($"has the column '{column.ColumnName}' of {TypeNames.Of(column.DataType)}, which cannot be sent");
        }

        TableTexts.Write(context, column.ColumnName);
        context.Type(column.DataType);
        TableTexts.Write(context, column.Caption);
        TableTexts.Write(context, column.Namespace);
        TableTexts.Write(context, column.Prefix);
        context.Writer.Bool(column.AllowDBNull);
        context.Writer.Bool(column.ReadOnly && column.Expression.Length == 0);
        context.Writer.VarInt(column.MaxLength);
        context.Writer.VarUInt((uint)column.ColumnMapping);
        context.Writer.VarUInt((uint)column.DateTimeMode);
        context.Writer.Bool(column.AutoIncrement);
        if (column.AutoIncrement)
        {
            context.Writer.VarInt(column.AutoIncrementSeed);
            context.Writer.VarInt(column.AutoIncrementStep);
            Slot.Write(context, s_next?.GetValue(column), typeof(object));
        }
        else
        {
            Slot.Write(context, column.DefaultValue, typeof(object));
        }

        TableTexts.Write(context, column.Expression);
        TableTexts.WriteProperties(context, column.ExtendedProperties);
    }

    public static void Read(ReadContext context, ref WireReader reader, DataTable table, LateSettings late)
    {
        string name = TableTexts.Read(ref reader);
        var type = context.Type(ref reader);
        if (!CodecTable.Sends(type))
        {
            throw new SerializationException($"Malformed value: a column of {TypeNames.Of(type)}.");
        }

        var column = table.Columns.Add(name, type);
        column.Caption = TableTexts.Read(ref reader);
        column.Namespace = TableTexts.Read(ref reader);
        column.Prefix = TableTexts.Read(ref reader);
        column.AllowDBNull = reader.Bool();
        bool isReadOnly = reader.Bool();
        long length = reader.VarInt();
        if (length >= 0)
        {
            column.MaxLength = checked((int)length);
        }

        column.ColumnMapping = (MappingType)reader.Natural();
        if ((DataSetDateTime)reader.Natural() is var mode && type == typeof(DateTime))
        {
            column.DateTimeMode = mode;
        }

        object? next = null;
        if (reader.Bool())
        {
            column.AutoIncrement = true;
            column.AutoIncrementSeed = reader.VarInt();
            column.AutoIncrementStep = reader.VarInt();
            next = Slot<object?>.Read(context, ref reader);
        }
        else if (Slot<object?>.Read(context, ref reader) is { } value)
        {
            column.DefaultValue = value;
        }

        late.Add(column, isReadOnly, TableTexts.Read(ref reader), next is null ? null : () => s_next?.SetValue(column, next));
        TableTexts.ReadProperties(context, ref reader, column.ExtendedProperties);
    }
}

/// <summary>Settings of a table that would hinder reading its rows, or need other tables.</summary>
internal sealed class LateSettings(DataTable table, string displayExpression)
{
    private readonly List<Action> _all = [];

    /// <summary>The columns with values of their own: the others are computed.</summary>
    public List<DataColumn> Stored { get; } = [];

    public void Add(DataColumn column, bool isReadOnly, string expression, Action? setNext)
    {
        if (expression.Length == 0)
        {
            Stored.Add(column);
        }

        _all.Add(() =>
        {
            if (expression.Length > 0)
            {
                column.Expression = expression;
            }
            else
            {
                column.ReadOnly = isReadOnly;
            }

            setNext?.Invoke();
        });
    }

    public void Set()
    {
        _all.ForEach(static each => each());
        table.DisplayExpression = displayExpression;
    }
}
