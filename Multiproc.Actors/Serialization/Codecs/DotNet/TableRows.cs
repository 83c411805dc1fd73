using System.Data;

namespace Multiproc.Serialization.Codecs;

/// <summary>The rows of a table: each with its state, its errors, and the values of the versions that the state has.</summary>
internal static class TableRows
{
    public static void Write(WriteContext context, DataTable table)
    {
        DataColumn[] columns = [.. table.Columns.Cast<DataColumn>().Where(static each => each.Expression.Length == 0)];
        context.Writer.VarUInt((uint)table.Rows.Count);
        foreach (DataRow row in table.Rows)
        {
            context.Writer.Byte((byte)row.RowState);
            if (row.RowState is DataRowState.Deleted or DataRowState.Modified)
            {
                WriteValues(context, row, columns, DataRowVersion.Original);
            }

            if (row.RowState is not DataRowState.Deleted)
            {
                WriteValues(context, row, columns, DataRowVersion.Current);
            }

            context.Writer.Bool(row.HasErrors);
            if (row.HasErrors)
            {
                WriteErrors(context, row);
            }
        }
    }

    public static void Read(ReadContext context, ref WireReader reader, DataTable table, List<DataColumn> stored)
    {
        table.BeginLoadData();
        for (int count = reader.Count(2); count > 0; count--)
        {
            ReadRow(context, ref reader, table, stored);
        }

        table.EndLoadData();
    }

    private static void WriteValues(WriteContext context, DataRow row, DataColumn[] columns, DataRowVersion version)
    {
        foreach (var column in columns)
        {
            try
            {
                Slot.Write(context, row[column, version], typeof(object));
            }
            catch (UnsendableException unsendable) when (unsendable.At($"column '{column.ColumnName}'"))
            {
                throw;
            }
        }
    }

    private static void WriteErrors(WriteContext context, DataRow row)
    {
        TableTexts.Write(context, row.RowError);
        var columns = row.GetColumnsInError();
        TableLinks.WriteColumns(context, columns);
        foreach (var column in columns)
        {
            TableTexts.Write(context, row.GetColumnError(column));
        }
    }

    private static void ReadRow(ReadContext context, ref WireReader reader, DataTable table, List<DataColumn> stored)
    {
        var state = (DataRowState)reader.Byte();
        var row = table.NewRow();
        ReadValues(context, ref reader, row, stored);
        table.Rows.Add(row);
        switch (state)
        {
            case DataRowState.Added:
                break;
            case DataRowState.Unchanged:
                row.AcceptChanges();
                break;
            case DataRowState.Modified:
                row.AcceptChanges();
                ReadValues(context, ref reader, row, stored);
                if (row.RowState == DataRowState.Unchanged)
                {
                    row.SetModified(); // Nothing differs.
                }

                break;
            case DataRowState.Deleted:
                row.AcceptChanges();
                row.Delete();
                break;
            default:
                throw new SerializationException($"Malformed value: {state} is not a state of a row.");
        }

        if (reader.Bool())
        {
            row.RowError = TableTexts.Read(ref reader);
            foreach (var column in TableLinks.ReadColumns(ref reader, table))
            {
                row.SetColumnError(column, TableTexts.Read(ref reader));
            }
        }
    }

    private static void ReadValues(ReadContext context, ref WireReader reader, DataRow row, List<DataColumn> stored)
    {
        row.BeginEdit();
        foreach (var column in stored)
        {
            row[column] = Slot<object?>.Read(context, ref reader);
        }

        row.EndEdit();
    }
}
