using System.Data;

namespace Multiproc.Serialization.Codecs;

/// <summary>What is between the tables of a set: constraints of foreign keys, relations.</summary>
internal static class TableLinks
{
    public static void WriteColumns(WriteContext context, DataColumn[] columns)
    {
        context.Writer.VarUInt((uint)columns.Length);
        foreach (var column in columns)
        {
            context.Writer.VarUInt((uint)column.Ordinal);
        }
    }

    public static DataColumn[] ReadColumns(ref WireReader reader, DataTable table)
    {
        var columns = new DataColumn[reader.Count()];
        foreach (ref var column in columns.AsSpan())
        {
            int at = reader.Natural();
            column = at < table.Columns.Count ? table.Columns[at] : throw new SerializationException($"Malformed value: a table has no column {at}.");
        }

        return columns;
    }

    public static List<DataTable> TablesOf(DataSet set) => [.. set.Tables.Cast<DataTable>()];

    /// <summary>Writes the foreign keys between the tables, or within one: those to tables that are not sent are left out.</summary>
    public static void WriteConstraints(WriteContext context, List<DataTable> tables)
    {
        var foreign = tables.SelectMany(static each => each.Constraints.OfType<ForeignKeyConstraint>())
            .Where(each => tables.Contains(each.RelatedTable)).ToList();
        context.Writer.VarUInt((uint)foreign.Count);
        foreach (var each in foreign)
        {
            TableTexts.Write(context, each.ConstraintName);
            WriteEnds(context, tables, each.RelatedColumns, each.Columns);
            context.Writer.VarUInt((uint)each.UpdateRule);
            context.Writer.VarUInt((uint)each.DeleteRule);
            context.Writer.VarUInt((uint)each.AcceptRejectRule);
            TableTexts.WriteProperties(context, each.ExtendedProperties);
        }
    }

    public static void WriteRelations(WriteContext context, DataSet set)
    {
        var tables = TablesOf(set);
        context.Writer.VarUInt((uint)set.Relations.Count);
        foreach (DataRelation each in set.Relations)
        {
            TableTexts.Write(context, each.RelationName);
            WriteEnds(context, tables, each.ParentColumns, each.ChildColumns);
            context.Writer.Bool(each.ChildKeyConstraint is not null);
            context.Writer.Bool(each.Nested);
            TableTexts.WriteProperties(context, each.ExtendedProperties);
        }
    }

    public static void ReadConstraints(ReadContext context, ref WireReader reader, List<DataTable> tables)
    {
        for (int count = reader.Count(1); count > 0; count--)
        {
            string name = TableTexts.Read(ref reader);
            var (parents, children) = ReadEnds(ref reader, tables);
            // Throws for columns that do not fit each other, and for none.
            var foreign = new ForeignKeyConstraint(name, parents, children)
            {
                UpdateRule = (Rule)reader.Natural(), DeleteRule = (Rule)reader.Natural(), AcceptRejectRule = (AcceptRejectRule)reader.Natural(),
            };
            children[0].Table!.Constraints.Add(foreign);
            TableTexts.ReadProperties(context, ref reader, foreign.ExtendedProperties);
        }
    }

    public static void ReadRelations(ReadContext context, ref WireReader reader, DataSet set)
    {
        var tables = TablesOf(set);
        for (int count = reader.Count(1); count > 0; count--)
        {
            string name = TableTexts.Read(ref reader);
            var (parents, children) = ReadEnds(ref reader, tables);
            // A constraint of the same columns is there already: the relation takes it.
            var relation = new DataRelation(name, parents, children, createConstraints: reader.Bool());
            set.Relations.Add(relation);
            relation.Nested = reader.Bool();
            TableTexts.ReadProperties(context, ref reader, relation.ExtendedProperties);
        }
    }

    private static void WriteEnds(WriteContext context, List<DataTable> tables, DataColumn[] parents, DataColumn[] children)
    {
        context.Writer.VarUInt((uint)tables.IndexOf(parents[0].Table!));
        WriteColumns(context, parents);
        context.Writer.VarUInt((uint)tables.IndexOf(children[0].Table!));
        WriteColumns(context, children);
    }

    private static (DataColumn[] Parents, DataColumn[] Children) ReadEnds(ref WireReader reader, List<DataTable> tables) =>
        (ReadColumns(ref reader, TableAt(ref reader, tables)), ReadColumns(ref reader, TableAt(ref reader, tables)));

    private static DataTable TableAt(ref WireReader reader, List<DataTable> tables)
    {
        int at = reader.Natural();
        return at < tables.Count ? tables[at] : throw new SerializationException($"Malformed value: a set has no table {at}.");
    }
}

/// <summary>Texts and properties of tables and their parts.</summary>
internal static class TableTexts
{
    public static void Write(WriteContext context, string? text) => Primitives.WriteText(context.Writer, text ?? "");

    public static string Read(ref WireReader reader) => Primitives.ReadText(ref reader);

    public static void WriteProperties(WriteContext context, PropertyCollection properties)
    {
        context.Writer.VarUInt((uint)properties.Count);
        foreach (System.Collections.DictionaryEntry entry in properties)
        {
            Slot.Write(context, entry.Key, typeof(object));
            Slot.Write(context, entry.Value, typeof(object));
        }
    }

    public static void ReadProperties(ReadContext context, ref WireReader reader, PropertyCollection properties)
    {
        for (int count = reader.Count(2); count > 0; count--)
        {
            object key = Slot<object?>.Read(context, ref reader) ?? throw new SerializationException("Malformed value: a property without a name.");
            properties.Add(key, Slot<object?>.Read(context, ref reader));
        }
    }
}
