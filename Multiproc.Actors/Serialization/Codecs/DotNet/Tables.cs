using System.Data;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends a table: its columns, constraints and rows with their states and both versions of their values. Subscribers stay; so does the set that it is in, which
/// has the relations to other tables.
/// </summary>
internal sealed class TableCodec : Codec<DataTable>
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec Make() => new TableCodec();

    public override void Write(WriteContext context, DataTable value)
    {
        if (value.Columns.Cast<DataColumn>().Any(static each => TableColumns.RefersToOthers(each.Expression)))
        {
            throw new UnsendableException("is a System.Data.DataTable with a column that is computed from other tables: send its DataSet");
        }

        TableHead.Write(context, value);
        TableRows.Write(context, value);
        TableLinks.WriteConstraints(context, [value]);
    }

    public override DataTable Read(ReadContext context, ref WireReader reader, int id)
    {
        var table = new DataTable();
        Announce(context, id, table);
        var late = TableHead.Read(context, ref reader, table);
        TableRows.Read(context, ref reader, table, late.Stored);
        TableLinks.ReadConstraints(context, ref reader, [table]);
        late.Set();
        return table;
    }
}

/// <summary>Sends a set of tables with the constraints and relations between them.</summary>
internal sealed class TableSetCodec : Codec<DataSet>
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec Make() => new TableSetCodec();

    public override void Write(WriteContext context, DataSet value)
    {
        TableTexts.Write(context, value.DataSetName);
        TableTexts.Write(context, value.Namespace);
        TableTexts.Write(context, value.Prefix);
        context.Writer.Bool(value.CaseSensitive);
        context.Writer.Bool(value.EnforceConstraints);
        context.Writer.VarUInt((uint)value.RemotingFormat);
        Slot.Write(context, value.Locale, typeof(System.Globalization.CultureInfo));
        TableTexts.WriteProperties(context, value.ExtendedProperties);
        context.Writer.VarUInt((uint)value.Tables.Count);
        foreach (DataTable table in value.Tables)
        {
            if (table.GetType() != typeof(DataTable))
            {
                throw new UnsendableException($"has a table of the class {TypeNames.Of(table.GetType())}: send what it takes to make another one");
            }

            TableHead.Write(context, table);
            TableRows.Write(context, table);
        }

        TableLinks.WriteConstraints(context, TableLinks.TablesOf(value));
        TableLinks.WriteRelations(context, value);
    }

    public override DataSet Read(ReadContext context, ref WireReader reader, int id)
    {
        var set = new DataSet
        {
            DataSetName = TableTexts.Read(ref reader), Namespace = TableTexts.Read(ref reader), Prefix = TableTexts.Read(ref reader),
            CaseSensitive = reader.Bool(),
        };
        Announce(context, id, set);
        bool isEnforced = reader.Bool();
        set.EnforceConstraints = false;
        set.RemotingFormat = (SerializationFormat)reader.Natural();
        set.Locale = Slot<System.Globalization.CultureInfo>.Read(context, ref reader);
        TableTexts.ReadProperties(context, ref reader, set.ExtendedProperties);
        var late = new List<LateSettings>();
        for (int count = reader.Count(1); count > 0; count--)
        {
            var table = new DataTable();
            late.Add(TableHead.Read(context, ref reader, table, set));
            TableRows.Read(context, ref reader, table, late[^1].Stored);
        }

        TableLinks.ReadConstraints(context, ref reader, TableLinks.TablesOf(set));
        TableLinks.ReadRelations(context, ref reader, set);
        late.ForEach(static each => each.Set());
        set.EnforceConstraints = isEnforced;
        return set;
    }
}
